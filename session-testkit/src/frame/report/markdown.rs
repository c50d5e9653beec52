//! The whole report as Markdown, to be kept or published.

use std::fmt::{self, Write};

use super::{Report, SuiteReport, group::Group};
use crate::{Finding, Outcome};

pub(super) fn write(report: &Report, out: &mut impl Write) -> fmt::Result {
    if let Some(SuiteReport { kit, .. }) = report.suites.first() {
        writeln!(out, "# {}, checked by {} {}", kit.title, kit.name, kit.version)?;
    }
    report.suites.iter().try_for_each(|suite| chapter(suite, out))
}

fn chapter(suite: &SuiteReport, out: &mut impl Write) -> fmt::Result {
    writeln!(out, "\n## {}\n\n{}", suite.store, suite.badge())?;
    writeln!(out, "\n| rule | outcome | |\n|---|---|---|")?;
    for verdict in suite.verdicts() {
        let (rule, (outcome, reason)) = (verdict.rule(), verdict.outcome().in_words());
        let said = match verdict.outcome() {
            Outcome::Kept | Outcome::Broken(_) => rule.sentence(),
            Outcome::ClaimedAway(_) | Outcome::NotChecked(_) => reason,
        };
        writeln!(out, "| [{}]({}) | {outcome} | {} |", rule.name(), rule.documented_at(), cell(said))?;
    }
    for group in Group::all(suite) {
        failure(suite, &group, out)?;
    }
    if !suite.costs.is_empty() {
        write!(out, "\n{}", suite.costs)?;
    }
    match &suite.replay {
        Some(replay) => writeln!(out, "\nThe same run: `{replay}`"),
        None => Ok(()),
    }
}

fn failure(suite: &SuiteReport, group: &Group<'_>, out: &mut impl Write) -> fmt::Result {
    let extent = group.extent(suite);
    match group.rule {
        Some(rule) => {
            writeln!(
                out,
                "\n### {} is broken: {extent}\n\n{}\n*{}*",
                rule.name(),
                rule.sentence(),
                rule.reason()
            )?;
        }
        None => writeln!(out, "\n### No {} could be {}: {extent}", suite.kit.subject, suite.kit.opened)?,
    }
    for finding in &group.failures {
        writeln!(out, "\n- `{}`\n", finding.name())?;
        seen(finding).lines().try_for_each(|line| writeln!(out, "      {line}"))?;
    }
    Ok(())
}

fn seen(finding: &Finding) -> &str {
    match (finding.seen(), finding.outcome()) {
        (Some(seen), _) => seen,
        (None, Outcome::Broken(report)) => report,
        (None, _) => "",
    }
}

/// The text in a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
