//! At least one store for every rule that breaks it as real stores do. The suite must reject each of them and name the
//! rule. A store without a defect, made of the same parts, must pass.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that panics has failed")]

mod apart;
mod defect;
mod far;
mod fixture;
mod keys;
mod left;
mod nonblocking;
mod record;
mod remote;
mod steps;
mod store;
mod table;
mod writes;

use std::{
    collections::BTreeSet,
    process::ExitCode,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use apart::{Apart, ApartFixture};
use defect::Defect;
use fixture::MutantFixture;
use libtest_mimic::{Arguments, Failed, Trial};
use session_testkit::{Finding, Fixture, Outcome, Rule, examine, rules};
use table::ALL;

type Table = Arc<Mutex<Vec<String>>>;

fn main() -> ExitCode {
    let start = Instant::now();
    let table = Table::default();
    let mut trials = vec![
        Trial::test("the_healthy_store_passes", healthy),
        Trial::test("two_healthy_instances_pass", || healthy_instances(true)),
        Trial::test("every_rule_has_a_mutant", every_rule_has_a_mutant),
    ];
    trials.push(Trial::test("pages_by_offset_shift_whoever_comes_or_goes", || {
        let findings = examine(MutantFixture(Defect::PagesByOffset), &[&rules::FAMILY_6]);
        for case in ["a_new_session_shifts_no_page", "a_page_goes_on_behind_a_session_that_ended"] {
            let seen = |finding: &&Finding| finding.name().ends_with(case) && report(finding).is_some();
            findings.iter().find(seen).ok_or(format!("{case} does not see it"))?;
        }
        Ok(())
    }));
    trials.extend(ALL.iter().map(|(defect, rule, origin)| {
        let table = Arc::clone(&table);
        Trial::test(format!("{}::{defect:?}", rule.name()), move || {
            rejected(MutantFixture(*defect), &format!("{defect:?}"), rule, origin, &table)
        })
        .with_kind(rule.name())
    }));
    trials.extend(apart::ALL.iter().map(|(defect, rule, origin)| {
        let table = Arc::clone(&table);
        Trial::test(format!("{}::{defect:?}", rule.name()), move || {
            let fixture = ApartFixture { defect: *defect, has_peer: true };
            rejected(fixture, &format!("{defect:?}"), rule, origin, &table)
        })
        .with_kind(rule.name())
    }));
    let far = Duration::from_millis(if is_whole() { 90 } else { 5 });
    trials.push(Trial::test("stores_that_are_far_away", move || {
        far::are_rejected_and_a_healthy_one_is_not(far)
    }));
    if is_whole() {
        trials.push(Trial::test("each_instance_passes_by_itself", || healthy_instances(false)));
    }
    let conclusion = libtest_mimic::run(&Arguments::from_args(), trials);
    print(&table.lock().unwrap(), start);
    conclusion.exit_code()
}

#[allow(clippy::print_stdout, reason = "the table is what this test is for")]
fn print(rows: &[String], start: Instant) {
    let mut rows = rows.to_vec();
    rows.sort_unstable();
    println!("{:<10} {:<29} {:<62} rejected by", "rule", "mutant", "as in");
    for row in &rows {
        println!("{row}");
    }
    println!("\n{} mutants rejected in {:.1} s", rows.len(), start.elapsed().as_secs_f32());
}

/// The rules of single operations and those of whole sessions.
fn everything() -> Vec<&'static Rule> {
    rules::ALL.iter().chain(rules::SESSIONS).copied().collect()
}

fn healthy() -> Result<(), Failed> {
    passes(MutantFixture(Defect::None), rules::ALL)
}

/// Two instances without a defect, or one of each kind that is wrong only beside another.
fn healthy_instances(has_peer: bool) -> Result<(), Failed> {
    let wrong = apart::ALL.iter().map(|(defect, ..)| *defect).filter(|_| !has_peer);
    [Apart::Nothing].into_iter().chain(wrong).try_for_each(|defect| {
        passes(ApartFixture { defect, has_peer }, &everything())
            .map_err(|failed| Failed::from(format!("{defect:?}: {}", failed.message().unwrap_or_default())))
    })
}

fn passes(fixture: impl Fixture, rules: &[&'static Rule]) -> Result<(), Failed> {
    let broken = examine(fixture, rules).into_iter().filter_map(|finding| report(&finding));
    let broken: Vec<String> = broken.collect();
    if broken.is_empty() { Ok(()) } else { Err(Failed::from(broken.join("\n"))) }
}

/// Whether the whole suite runs on each mutant.
fn is_whole() -> bool {
    std::env::var_os("SESSION_TEST_MUTANTS").is_some_and(|value| value == "whole")
}

fn every_rule_has_a_mutant() -> Result<(), Failed> {
    let apart = apart::ALL.iter().map(|(_, rule, _)| rule.name());
    let broken: BTreeSet<&str> = ALL.iter().map(|(_, rule, _)| rule.name()).chain(apart).collect();
    let all = everything();
    let missing: Vec<&str> =
        all.iter().filter(|rule| !broken.contains(rule.name())).map(|rule| rule.name()).collect();
    if missing.is_empty() { Ok(()) } else { Err(Failed::from(format!("no mutant breaks {missing:?}"))) }
}

fn rejected(
    fixture: impl Fixture,
    name: &str,
    rule: &'static Rule,
    origin: &str,
    table: &Table,
) -> Result<(), Failed> {
    // The cases of the rule must reject it. The whole suite shows what else it breaks.
    let (asked, everything): (&[&Rule], _) = (&[rule], everything());
    let findings = examine(fixture, if is_whole() { &everything } else { asked });
    let broken: Vec<&Finding> = findings.iter().filter(|finding| report(finding).is_some()).collect();
    let right: Vec<&&Finding> = broken.iter().filter(|finding| finding.rule() == Some(rule)).collect();
    let Some(first) = right.first() else {
        let named: BTreeSet<&str> =
            broken.iter().filter_map(|finding| Some(finding.rule()?.name())).collect();
        return Err(Failed::from(format!("{} is not named, but {named:?} are", rule.name())));
    };
    let (right, all) = (right.len(), broken.len());
    let row =
        format!("{:<10} {name:<29} {origin:<62} {} ({right} of {all} failures)", rule.name(), first.name());
    table.lock().unwrap().push(row);
    Ok(())
}

fn report(finding: &Finding) -> Option<String> {
    match finding.outcome() {
        Outcome::Broken(report) => Some(report.clone()),
        Outcome::Kept | Outcome::ClaimedAway(_) | Outcome::NotChecked(_) => None,
    }
}
