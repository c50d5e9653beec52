use std::fmt::Write as _;

use peer_runner::Kind;

use crate::{
    results::{Results, Row},
    work::Work,
};

/// What the project allows itself: processor time of the program, as a multiple of the floor's in the same round.
const BUDGETS: [(Kind, Work, f64); 13] = [
    (Kind::Memory, Work::Untouched, 1.05),
    (Kind::Redis, Work::Read, 1.10),
    (Kind::Redis, Work::Increment, 1.20),
    (Kind::Redis, Work::New, 1.15),
    (Kind::Mysql, Work::Read, 1.10),
    (Kind::Mysql, Work::Increment, 1.15),
    (Kind::Mysql, Work::New, 1.15),
    (Kind::Postgres, Work::Read, 1.10),
    (Kind::Postgres, Work::Increment, 1.15),
    (Kind::Postgres, Work::New, 1.15),
    (Kind::Sqlite, Work::Read, 1.10),
    (Kind::Sqlite, Work::Increment, 1.15),
    (Kind::Sqlite, Work::New, 1.15),
];

pub(crate) fn table(results: &Results) -> String {
    let mut text = String::from(
        "## Budgets\n\nProcessor seconds of the program for 100,000 requests, and as a multiple of the floor's: \
         median of the rounds (least and most).\n\n\
         | store, work | floor | alo-session | times the floor | budget | | best other, times the floor |\n\
         |---|---|---|---|---|---|---|\n",
    );
    for (kind, work, budget) in BUDGETS {
        let Some(floor) = results.floor(kind, work, false) else { continue };
        let compared = |row: &&Row| !row.contender.is_floor() && !row.contender.is_on_actix();
        let rows = || results.with(kind, work).filter(compared);
        let Some(ours) = rows().find(|row| row.contender.is_ours()) else { continue };
        let Some(times) = ours.times(floor) else { continue };
        let others = rows().filter(|row| !row.contender.is_ours());
        let best = others.min_by(|one, other| one.cpu().total_cmp(&other.cpu()));
        let best = best.and_then(|row| Some(format!("{}, {}", row.contender.name, row.times(floor)?.text())));
        let verdict = if times.median <= budget { "met" } else { "**missed**" };
        writeln!(
            text,
            "| {}, {} | {:.2} | {:.2} | {} | {budget:.2} | {verdict} | {} |",
            kind.name(),
            work.name(),
            floor.cpu(),
            ours.cpu(),
            times.text(),
            best.unwrap_or_default()
        )
        .unwrap();
    }
    text
}

/// The same on actix-web, which has a floor of its own, beside actix-session.
pub(crate) fn on_actix(results: &Results) -> String {
    let mut text = String::from(
        "## On actix-web\n\nAs a multiple of the floor's processor time: median of the rounds (least and most).\n\n\
         | store, work | floor | contender | times the floor |\n\
         |---|---|---|---|\n",
    );
    for kind in [Kind::Memory, Kind::Redis] {
        for work in Work::ALL {
            let Some(floor) = results.floor(kind, work, true) else { continue };
            for row in results.with(kind, work).filter(|row| row.contender.is_on_actix()) {
                let Some(times) = row.times(floor).filter(|_| !row.contender.is_floor()) else { continue };
                let (kind, work, name) = (kind.name(), work.name(), row.contender.name);
                writeln!(text, "| {kind}, {work} | {:.2} | {name} | {} |", floor.cpu(), times.text())
                    .unwrap();
            }
        }
    }
    text
}
