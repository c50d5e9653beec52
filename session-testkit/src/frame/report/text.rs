//! The report as a person reads it on a terminal: a line or two if all is well, a screen or two if much is not.

use std::fmt::{self, Write};

use super::{Report, SuiteReport, group::Group, remark::Remark};

/// So many groups of failures are shown whole. The others mostly have the same cause.
const WHOLE: usize = 6;

/// So many lines of what was seen are shown.
const LINES: usize = 16;

/// So many characters of a line are shown.
const WIDTH: usize = 400;

pub(super) fn write(report: &Report, out: &mut impl Write) -> fmt::Result {
    report.suites.iter().try_for_each(|suite| {
        summary(suite, report.is_strict, out)?;
        failures(suite, out)?;
        if suite.costs.is_empty() { Ok(()) } else { writeln!(out, "\n{}", suite.costs) }
    })
}

fn summary(suite: &SuiteReport, is_strict: bool, out: &mut impl Write) -> fmt::Result {
    write!(out, "{}: {}", suite.store, suite.totals())?;
    if suite.is_partial() {
        write!(out, " (only {} of {} cases ran)", suite.findings.len(), suite.planned)?;
    }
    writeln!(out, "{}", if is_strict { ", strict" } else { "" })?;
    for group in Group::all(suite) {
        let subject =
            group.rule.map_or_else(|| format!("no {}", suite.kit.subject), |rule| rule.name().to_owned());
        writeln!(out, "  {:<13} {subject:<11} {}", "broken", group.extent(suite))?;
    }
    for remark in Remark::all(suite) {
        writeln!(out, "  {:<13} {}: {}", remark.what, remark.subject(), remark.reason)?;
    }
    Ok(())
}

fn failures(suite: &SuiteReport, out: &mut impl Write) -> fmt::Result {
    let groups = Group::all(suite);
    let Some(first) = groups.first().and_then(Group::first) else { return Ok(()) };
    writeln!(out, "\nLook first at {}.", first.name())?;
    for group in groups.iter().take(WHOLE) {
        failure(suite, group, out)?;
    }
    if groups.len() > WHOLE {
        let more = groups.len() - WHOLE;
        writeln!(
            out,
            "\n{more} more are broken, perhaps for the same reason. SESSION_TEST_REPORT=md:PATH has them all."
        )?;
    }
    if let Some(replay) = &suite.replay {
        writeln!(out, "\nThe same run: {replay}. One case: the name of the case as an argument.")?;
    } else {
        writeln!(out, "\nOne case: the name of the case as an argument.")?;
    }
    writeln!(out)
}

fn failure(suite: &SuiteReport, group: &Group<'_>, out: &mut impl Write) -> fmt::Result {
    let Some(first) = group.first() else { return Ok(()) };
    let extent = group.extent(suite);
    let Some(rule) = group.rule else {
        writeln!(out, "\nNo {} could be {}: {extent}", suite.kit.subject, suite.kit.opened)?;
        if let crate::Outcome::Broken(report) = first.outcome() {
            writeln!(out, "  seen    {}", clipped(report))?;
        }
        return writeln!(out, "  case    {}", first.name());
    };
    writeln!(out, "\n{} is broken: {extent}", rule.name())?;
    writeln!(out, "  rule    {}", rule.sentence())?;
    writeln!(out, "  why     {}", rule.reason())?;
    writeln!(out, "  seen    {}", clipped(first.seen().unwrap_or_default()))?;
    writeln!(out, "  case    {}", first.name())?;
    let others: Vec<String> =
        group.others().into_iter().map(|(case, times)| format!("{case} ({times})")).collect();
    if !others.is_empty() {
        writeln!(out, "  also    {}", others.join(", "))?;
    }
    writeln!(out, "  see     {}", rule.documented_at())
}

/// The text in few lines of bearable length.
fn clipped(text: &str) -> String {
    let mut lines: Vec<String> = text.lines().take(LINES).map(clipped_line).collect();
    let more = text.lines().count().saturating_sub(LINES);
    if more > 0 {
        lines.push(format!("            … and {more} more lines"));
    }
    lines.join("\n")
}

fn clipped_line(line: &str) -> String {
    match line.char_indices().nth(WIDTH) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or(line)),
        None => line.to_owned(),
    }
}
