use std::{collections::BTreeMap, fmt::Write as _};

use peer_runner::Kind;

use crate::{
    arguments::Arguments,
    results::{Results, Row},
    wrk::AT_ONCE,
};

/// Where the figures come from.
pub(crate) fn machine(machine: &[String], results: &Results, arguments: &Arguments) -> String {
    let mut text = String::from("## Machine and versions\n\n");
    for line in machine.iter().chain(&results.databases) {
        writeln!(text, "- {line}").unwrap();
    }
    writeln!(text, "- {}", peer_runner::versions().join(", ")).unwrap();
    let (rounds, seconds) = (arguments.rounds, arguments.time.as_secs());
    writeln!(
        text,
        "- {rounds} rounds of {seconds} s for each work and contender, {AT_ONCE} requests at once"
    )
    .unwrap();
    text
}

pub(crate) fn all(results: &Results) -> String {
    let mut text = String::from(
        "## All figures\n\nMedians of the rounds; for processor time with the least and the most. Reads are what the \
         database server reads from its connections for one request that comes alone: round trips.\n\n\
         | contender | work | requests/s | median ms | 99% ms | CPU s/100k | database CPU s/100k | failed | at the \
         database, for one request |\n\
         |---|---|---|---|---|---|---|---|---|\n",
    );
    for row in results.rows() {
        let median =
            |of: fn(&crate::stand::Sample) -> f64| row.spread(of).map_or(f64::NAN, |spread| spread.median);
        let range = |of: fn(&crate::stand::Sample) -> f64| row.spread(of).map(|spread| spread.text());
        let has_database = matches!(row.contender.kind, Kind::Redis | Kind::Mysql);
        let database = has_database.then(|| range(|sample| sample.database).unwrap_or_default());
        let failed: u64 = row.samples.iter().map(|sample| sample.failed).sum();
        writeln!(
            text,
            "| {} | {} | {:.0} | {:.2} | {:.2} | {} | {} | {failed} | {} |",
            row.contender.title(),
            row.work.name(),
            median(|sample| sample.rate),
            median(|sample| sample.median),
            median(|sample| sample.late),
            range(|sample| sample.cpu).unwrap_or_default(),
            database.unwrap_or_default(),
            if has_database { commands(row) } else { String::new() },
        )
        .unwrap();
    }
    text
}

/// `2 reads: get 1, pttl 1`
fn commands(row: &Row) -> String {
    let number = |count: f64| format!("{}", (count * 100.0).round() / 100.0);
    let total = |name: &str| row.commands.get(name).copied().unwrap_or(0.0);
    let list = |counts: &BTreeMap<String, f64>| {
        let named = counts.iter().filter(|(name, _)| !matches!(name.as_str(), "reads" | "Questions"));
        named
            .map(|(name, &count)| format!("{} {}", name.trim_start_matches("Com_"), number(count)))
            .collect::<Vec<_>>()
            .join(", ")
    };
    match row.contender.kind {
        Kind::Redis => format!("{} reads: {}", number(total("reads")), list(&row.commands)),
        _ => format!("{} statements: {}", number(total("Questions")), list(&row.commands)),
    }
}
