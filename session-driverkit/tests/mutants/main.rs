//! At least two drivers for every rule that break it as real drivers do. The suite must reject each of them and name the rule. The
//! driver without a flaw, made of the same parts straight on the core, must pass.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that panics has failed"
)]

mod answer;
mod ask;
mod driver;
mod failure;
mod fixture;
mod flaw;
mod guard;
mod handle;
mod report;
mod slot;
mod socket;

use std::{
    process::ExitCode,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use fixture::Mutant;
use flaw::{ALL, Flaw};
use libtest_mimic::{Arguments, Failed, Trial};
use session_driverkit::{Finding, Outcome, Rule, Suites, rules};

type Table = Arc<Mutex<Vec<String>>>;

/// What a mutant does not do is not waited for long. What it does comes at once.
const SHORT: Duration = Duration::from_secs(2);

fn main() -> ExitCode {
    let start = Instant::now();
    let table = Table::default();
    let mut trials = vec![
        Trial::test("the_driver_without_a_flaw_passes", healthy),
        Trial::test("every_rule_has_two_mutants", every_rule_has_two_mutants),
        Trial::test("a_broken_rule_is_told", report::a_broken_rule_is_told_with_all_that_an_author_needs),
        Trial::test("what_is_claimed_away_has_its_reason", report::what_is_claimed_away_has_its_reason),
        Trial::test("no_server_breaks_no_rule", report::a_server_that_does_not_start_breaks_no_rule),
    ];
    trials.extend(ALL.iter().map(|(flaw, rule, origin)| {
        let table = Arc::clone(&table);
        let name = format!("{}::{flaw:?}", rule.name());
        Trial::test(name, move || rejected(*flaw, rule, origin, &table)).with_kind(rule.name())
    }));
    let conclusion = libtest_mimic::run(&Arguments::from_args(), trials);
    print(&table.lock().unwrap(), start);
    conclusion.exit_code()
}

#[allow(clippy::print_stdout, reason = "the table is what this test is for")]
fn print(rows: &[String], start: Instant) {
    let mut rows = rows.to_vec();
    rows.sort_unstable();
    println!("{:<10} {:<29} {:<66} rejected by", "rule", "mutant", "as in");
    for row in &rows {
        println!("{row}");
    }
    println!("\n{} mutants rejected in {:.1} s", rows.len(), start.elapsed().as_secs_f32());
}

fn healthy() -> Result<(), Failed> {
    let report = Suites::new().on(Mutant(Flaw::None)).examine(rules::ALL);
    let all = report.suites().iter().flat_map(|suite| suite.findings());
    let wrong: Vec<_> = all.filter(|finding| *finding.outcome() != Outcome::Kept).map(told).collect();
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}

fn told(finding: &Finding) -> String {
    format!("{}: {:?} {}", finding.name(), finding.outcome(), finding.seen().unwrap_or_default())
}

/// The cases of the rule must reject it.
fn rejected(flaw: Flaw, rule: &'static Rule, origin: &str, table: &Table) -> Result<(), Failed> {
    let report = Suites::new().patience(SHORT).on(Mutant(flaw)).examine(&[rule]);
    let all: Vec<&Finding> = report.suites().iter().flat_map(|suite| suite.findings()).collect();
    let broken: Vec<_> =
        all.iter().filter(|finding| matches!(finding.outcome(), Outcome::Broken(_))).collect();
    let right: Vec<_> = broken.iter().filter(|finding| finding.rule() == Some(rule)).collect();
    let Some(first) = right.first() else {
        return Err(all.iter().map(|finding| told(finding)).collect::<Vec<_>>().join("\n").into());
    };
    let (case, seen) = (first.name(), first.seen().unwrap_or_default());
    let seen: String = seen.lines().next().unwrap_or_default().chars().take(110).collect();
    let row = format!("{:<10} {:<29} {origin:<66} {case}: {seen}", rule.name(), format!("{flaw:?}"));
    table.lock().unwrap().push(row);
    Ok(())
}

/// One mutant shows that a rule is checked. Two of different make show that more is checked than one mistake.
fn every_rule_has_two_mutants() -> Result<(), Failed> {
    let count = |rule: &Rule| ALL.iter().filter(|(_, broken, _)| **broken == *rule).count();
    let few: Vec<&str> = rules::ALL.iter().filter(|rule| count(rule) < 2).map(|rule| rule.name()).collect();
    if few.is_empty() { Ok(()) } else { Err(format!("fewer than two mutants break {few:?}").into()) }
}
