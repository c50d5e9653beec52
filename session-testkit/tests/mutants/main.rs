//! At least two stores for every rule that break it as real stores do. The suite must reject each of them and name the
//! rule. A store without a defect, made of the same parts, must pass.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that panics has failed")]

mod apart;
mod defect;
mod far;
mod fixture;
mod front;
mod keys;
mod left;
mod nonblocking;
mod record;
mod remote;
mod row;
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
use front::FrontFixture;
use libtest_mimic::{Arguments, Failed, Trial};
use row::Row;
use session_testkit::{Finding, Fixture, Outcome, Rule, examine, rules};
use table::ALL;

type Table = Arc<Mutex<Vec<String>>>;

fn main() -> ExitCode {
    let start = Instant::now();
    let table = Table::default();
    let mut trials = vec![
        Trial::test("the_healthy_store_passes", healthy),
        Trial::test("two_healthy_instances_pass", || healthy_instances(true)),
        Trial::test("every_rule_has_two_mutants", every_rule_has_two_mutants),
    ];
    trials.push(Trial::test("pages_by_offset_shift_whoever_comes_or_goes", || {
        let findings = examine(MutantFixture(Defect::PagesByOffset), &[&rules::FAMILY_6]);
        for case in ["a_new_session_shifts_no_page", "a_page_goes_on_behind_a_session_that_ended"] {
            let seen = |finding: &&Finding| finding.name().ends_with(case) && report(finding).is_some();
            findings.iter().find(seen).ok_or(format!("{case} does not see it"))?;
        }
        Ok(())
    }));
    trials.extend(rows().into_iter().map(|row| row.trial(Arc::clone(&table))));
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
    println!("{:<10} {:<29} {:<66} rejected by", "rule", "mutant", "as in");
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

/// All mutants: stores with a defect inside, with one in front, and with one that needs two instances.
fn rows() -> Vec<Row> {
    let inside = ALL
        .iter()
        .map(|(defect, rule, origin)| Row::new(format!("{defect:?}"), rule, origin, MutantFixture(*defect)));
    let in_front = front::all()
        .map(|(name, rule, origin, wrong)| Row::new((*name).to_owned(), rule, origin, FrontFixture(*wrong)));
    let apart = apart::ALL.iter().map(|(defect, rule, origin)| {
        let fixture = ApartFixture { defect: *defect, has_peer: true };
        Row::new(format!("{defect:?}"), rule, origin, fixture)
    });
    inside.chain(in_front).chain(apart).collect()
}

/// One mutant shows that a rule is checked. Two of different make show that more is checked than one mistake.
fn every_rule_has_two_mutants() -> Result<(), Failed> {
    let rows = rows();
    let mutants: BTreeSet<(&str, &str)> =
        rows.iter().map(|row| (row.rule.name(), row.name.as_str())).collect();
    let count = |rule: &Rule| mutants.iter().filter(|(broken, _)| *broken == rule.name()).count();
    let all = everything();
    let few: Vec<&str> = all.iter().filter(|rule| count(rule) < 2).map(|rule| rule.name()).collect();
    if few.is_empty() { Ok(()) } else { Err(Failed::from(format!("fewer than two mutants break {few:?}"))) }
}

fn report(finding: &Finding) -> Option<String> {
    match finding.outcome() {
        Outcome::Broken(report) => Some(report.clone()),
        Outcome::Kept | Outcome::ClaimedAway(_) | Outcome::NotChecked(_) => None,
    }
}
