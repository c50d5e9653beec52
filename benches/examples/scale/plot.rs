use std::fmt::Write as _;

use crate::table::Table;

const LEFT: f64 = 70.0;
const RIGHT: f64 = 480.0;
const TOP: f64 = 60.0;
const BOTTOM: f64 = 380.0;
const COLOURS: [&str; 5] = ["#2f9e62", "#5b8bd0", "#c77d2e", "#b05fae", "#c0504d"];

/// Both axes are logarithmic: a cost that grows in proportion rises by a decade with each decade. Readable on light and
/// dark backgrounds.
pub(crate) fn draw(table: &Table, server: &str) -> String {
    let costs = table.rows.iter().flat_map(|row| row.costs.iter().flatten());
    let times = costs.flat_map(|cost| cost.micros().into_iter().take(2));
    let x = Axis::around(table.rows.iter().map(|row| row.size as f64), LEFT, RIGHT);
    let y = Axis::around(times, BOTTOM, TOP);
    let mut body = String::new();
    for power in x.decades() {
        let at = x.place(10_f64.powi(power));
        let number = grouped(power);
        writeln!(
            body,
            r#"<path d="M{at:.1} {TOP}V{BOTTOM}"/><text x="{at:.1}" y="{}" class="m">{number}</text>"#,
            BOTTOM + 18.0
        )
        .unwrap();
    }
    for power in y.decades() {
        let at = y.place(10_f64.powi(power));
        let number = grouped(power);
        writeln!(
            body,
            r#"<path d="M{LEFT} {at:.1}H{RIGHT}"/><text x="{}" y="{:.1}" class="e">{number}</text>"#,
            LEFT - 8.0,
            at + 4.0
        )
        .unwrap();
    }
    for (column, (operation, colour)) in table.operations.iter().zip(COLOURS).enumerate() {
        for (part, dashes) in [(0, ""), (1, r#" stroke-dasharray="4 4""#)] {
            let points: Vec<String> = table
                .rows
                .iter()
                .filter_map(|row| {
                    let time = row.costs.get(column)?.as_ref()?.micros().into_iter().nth(part)?;
                    Some(format!("{:.1},{:.1}", x.place(row.size as f64), y.place(time)))
                })
                .collect();
            if !points.is_empty() {
                writeln!(body, r#"<polyline points="{}" stroke="{colour}"{dashes}/>"#, points.join(" "))
                    .unwrap();
            }
        }
        let line = TOP + 12.0 + 22.0 * column as f64;
        writeln!(
            body,
            r#"<text x="{}" y="{line}" style="fill:{colour}">{}</text>"#,
            RIGHT + 14.0,
            operation.name
        )
        .unwrap();
    }
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 660 430" role="img" aria-label="Microseconds of an operation over {varied}, {server}">
<style>text{{font:13px system-ui,sans-serif;fill:#808080}}.b{{font-weight:600}}.m{{text-anchor:middle}}.e{{text-anchor:end}}path{{stroke:#80808040}}polyline{{fill:none;stroke-width:2}}</style>
<text x="10" y="22" class="b">{server}: microseconds of an operation over {varied}</text>
<text x="10" y="42">solid: the median time; dashed: processor time of the server</text>
{body}<text x="{middle}" y="{below}" class="m">{varied}</text>
</svg>
"##,
        varied = table.varied,
        middle = f64::midpoint(LEFT, RIGHT),
        below = BOTTOM + 40.0,
    )
}

/// The range, in whole decades.
struct Axis {
    first: i32,
    last: i32,
    from: f64,
    to: f64,
}

impl Axis {
    fn around(values: impl Iterator<Item = f64>, from: f64, to: f64) -> Self {
        let logs: Vec<f64> = values.filter(|value| *value > 0.0).map(f64::log10).collect();
        let first = logs.iter().copied().fold(f64::INFINITY, f64::min).floor() as i32;
        let last = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max).ceil() as i32;
        Self { first, last: last.max(first + 1), from, to }
    }

    fn decades(&self) -> impl Iterator<Item = i32> + use<> {
        self.first..=self.last
    }

    fn place(&self, value: f64) -> f64 {
        let part = (value.log10() - f64::from(self.first)) / f64::from(self.last - self.first);
        self.from + part.clamp(0.0, 1.0) * (self.to - self.from)
    }
}

/// A power of ten: `0.1`, `1,000`.
fn grouped(power: i32) -> String {
    let number = 10_f64.powi(power);
    if power < 0 {
        return format!("{number}");
    }
    let digits = format!("{number:.0}");
    let (head, rest) = digits.split_at((digits.len() - 1) % 3 + 1);
    let rest = rest.as_bytes().chunks(3).map(|three| String::from_utf8_lossy(three).into_owned());
    [head.to_owned()].into_iter().chain(rest).collect::<Vec<_>>().join(",")
}
