//! "When it fails" names everything that can fail, every log line and every metric, and nothing that is not there.

mod code;

use std::collections::{BTreeMap, BTreeSet};

const FAILURES: &str = include_str!("../src/failures.md");
const WATCHING: &str = include_str!("../src/watching.md");

/// The text under a heading of any level.
fn section(heading: &str) -> Option<&'static str> {
    let is_it = |line: &str| line.trim_start_matches('#').trim() == heading;
    let after = FAILURES.split("\n#").find(|part| is_it(part.lines().next().unwrap_or_default()))?;
    after.split_once('\n').map(|(_, text)| text)
}

/// The rows of a table, without its head: cells without the marks of code.
fn rows(text: &str) -> impl Iterator<Item = Vec<&str>> {
    let lines = text.lines().skip_while(|line| !line.starts_with("|---")).skip(1);
    let lines = lines.take_while(|line| line.starts_with('|'));
    lines.map(|line| line.split(" | ").map(|cell| cell.trim_matches(['|', ' ', '`'])).collect())
}

#[test]
fn each_error_is_there_with_each_variant() {
    for (name, variants) in code::errors(&code::sources()) {
        let section = section(&name).unwrap_or_else(|| panic!("failures.md has no heading `{name}`"));
        for variant in &variants {
            assert!(section.contains(&format!("`{variant}`")), "failures.md lacks `{variant}` of `{name}`");
        }
        for row in rows(section) {
            let row = row.first().copied().unwrap_or_default();
            assert!(variants.contains(row), "failures.md has `{row}`, which `{name}` does not have");
        }
    }
}

#[test]
fn each_log_line_is_there_with_its_levels() {
    let lines = code::log_lines(&code::sources());
    assert!(lines.len() > 20, "the events are logged in another way: {lines:?}");
    let shown: BTreeMap<&str, BTreeSet<String>> = rows(section("Log lines").unwrap_or_default())
        .map(|row| match &*row {
            [line, levels, ..] => (*line, levels.split(", ").map(str::to_owned).collect()),
            _ => panic!("a row of log lines has three cells"),
        })
        .collect();
    let mut used = BTreeSet::new();
    for (message, levels) in lines {
        // The longest beginning, because one message may begin like another.
        let row =
            shown.iter().filter(|(line, _)| message.starts_with(**line)).max_by_key(|(line, _)| line.len());
        let (line, shown) = row.unwrap_or_else(|| panic!("failures.md lacks the log line {message:?}"));
        assert!(
            levels.is_subset(shown),
            "{message:?} is logged as {levels:?}, and failures.md says {shown:?}"
        );
        used.insert(*line);
    }
    let unused: Vec<_> = shown.keys().filter(|line| !used.contains(*line)).collect();
    assert!(unused.is_empty(), "failures.md has log lines that nobody writes: {unused:?}");
}

#[test]
fn each_metric_is_there() {
    let metrics = code::metrics(&code::sources());
    let shown = |text: &'static str| -> BTreeSet<String> {
        let names = text.split('`').filter(|name| name.starts_with("session_store_") && !name.contains('{'));
        names.map(str::to_owned).collect()
    };
    assert_eq!(shown(section("Metrics").unwrap_or_default()), metrics, "the metrics of failures.md");
    assert_eq!(shown(WATCHING), metrics, "the metrics of watching.md");
}
