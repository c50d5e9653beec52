//! The whole report as one line of JSON, for programs.

use std::fmt::Write as _;

use super::{Report, SuiteReport, Verdict};
use crate::{Finding, Rule};

/// Grows when a field changes its meaning or goes; fields may come without that.
const FORMAT: u32 = 1;

pub(super) fn line(report: &Report) -> String {
    let kit = report.suites.first().map(|suite| suite.kit);
    object(&[
        ("type", string("report")),
        ("format", FORMAT.to_string()),
        ("kit", option(kit.map(|kit| kit.version))),
        ("crate", option(kit.map(|kit| kit.name))),
        ("strict", report.is_strict.to_string()),
        ("suites", array(report.suites.iter().map(suite))),
    ])
}

fn suite(suite: &SuiteReport) -> String {
    let totals = suite.totals();
    let totals = [
        ("kept", totals.kept),
        ("broken", totals.broken),
        ("claimed_away", totals.claimed_away),
        ("not_checked", totals.not_checked),
    ];
    object(&[
        ("store", string(&suite.store)),
        ("seed", option(suite.replay.as_deref().and_then(|replay| replay.split('=').nth(1)))),
        ("partial", suite.is_partial().to_string()),
        ("totals", object(&totals.map(|(name, number)| (name, number.to_string())))),
        ("rules", array(suite.verdicts().iter().map(verdict))),
        ("cases", array(suite.findings().iter().map(case))),
    ])
}

fn verdict(verdict: &Verdict) -> String {
    let (rule, (outcome, reason)) = (verdict.rule(), verdict.outcome().in_words());
    object(&[
        ("rule", string(rule.name())),
        ("outcome", string(outcome)),
        ("reason", option(Some(reason).filter(|reason| !reason.is_empty()))),
        ("sentence", string(rule.sentence())),
        ("see", string(&rule.documented_at())),
    ])
}

fn case(finding: &Finding) -> String {
    let (outcome, reason) = finding.outcome().in_words();
    object(&[
        ("name", string(finding.name())),
        ("case", option(finding.case())),
        ("api", option(finding.api())),
        ("checks", option(finding.checked().map(Rule::name))),
        ("outcome", string(outcome)),
        ("broken", option(finding.rule().filter(|_| finding.is_broken()).map(Rule::name))),
        ("reason", option(Some(finding.seen().unwrap_or(reason)).filter(|reason| !reason.is_empty()))),
    ])
}

fn object(fields: &[(&str, String)]) -> String {
    let fields: Vec<String> =
        fields.iter().map(|(name, value)| format!("{}:{value}", string(name))).collect();
    format!("{{{}}}", fields.join(","))
}

fn array(values: impl Iterator<Item = String>) -> String {
    format!("[{}]", values.collect::<Vec<_>>().join(","))
}

fn option(text: Option<&str>) -> String {
    text.map_or_else(|| "null".to_owned(), string)
}

fn string(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_text_can_break_the_line() {
        assert_eq!(super::string("a\"b\\c\nd\u{0}e…"), r#""a\"b\\c\nd\u0000e…""#);
    }
}
