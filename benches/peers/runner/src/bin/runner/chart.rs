use std::fmt::Write as _;

use peer_runner::Kind;

use crate::{results::Results, work::Work};

const LEFT: f64 = 230.0;
const RIGHT: f64 = 560.0;
const LINE: f64 = 22.0;

/// Processor time of the program on Redis, a bar for each contender, shorter is better. Readable on light and dark.
pub(crate) fn draw(results: &Results) -> String {
    let works = [Work::Read, Work::Increment, Work::New];
    // Threads that wait are another kind of program.
    let shown =
        |work| results.with(Kind::Redis, work).filter(|row| !row.contender.name.ends_with("(blocking)"));
    let most = works.into_iter().flat_map(shown).map(|row| row.cpu()).fold(0.0, f64::max);
    let mut body = String::new();
    let mut y = 50.0;
    for work in works {
        writeln!(body, r#"<text x="10" y="{y:.1}" class="b">{}</text>"#, work.name()).unwrap();
        for row in shown(work) {
            y += LINE;
            let width = row.cpu() / most * (RIGHT - LEFT);
            let class = match (row.contender.is_ours(), row.contender.is_floor()) {
                (true, _) => "ours",
                (_, true) => "floor",
                _ => "other",
            };
            let name = match row.contender.name {
                _ if row.contender.is_floor() && row.contender.is_on_actix() => "raw calls (actix-web)",
                _ if row.contender.is_floor() => "raw calls, no sessions",
                "actix-session" => "actix-session (actix-web)",
                name => name,
            };
            writeln!(
                body,
                r#"<text x="{}" y="{y:.1}" class="n">{name}</text><rect x="{LEFT}" y="{:.1}" width="{width:.1}" height="14" class="{class}"/><text x="{:.1}" y="{y:.1}">{:.2}</text>"#,
                LEFT - 8.0,
                y - 11.5,
                LEFT + width + 6.0,
                row.cpu(),
            )
            .unwrap();
        }
        y += LINE * 1.6;
    }
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 620 {y:.0}" role="img" aria-label="Processor seconds per 100,000 requests with sessions in Redis">
<style>text{{font:13px system-ui,sans-serif;fill:#808080}}.b{{font-weight:600}}.n{{text-anchor:end}}.ours{{fill:#2f9e62}}.floor{{fill:#a0a0a0}}.other{{fill:#5b8bd0}}</style>
<text x="10" y="22" class="b">Processor seconds of the program per 100,000 requests, sessions in Redis</text>
{body}</svg>
"##
    )
}
