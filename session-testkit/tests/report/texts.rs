//! The texts of reports, word by word.

use std::time::Duration;

use session_testkit::{Finding, Outcome, Report, Rule, Suites, examine, rules};

use crate::{
    Checked,
    fixtures::{Absent, Failing, Fickle, Frozen, Hanging, Modest, Panicking, Unopenable},
    same,
    wrong::Mistake,
};

/// Short, because the stores of these tests never answer at all.
const HANGS: Duration = Duration::from_millis(300);

fn on(mistake: Mistake, rules: &[&'static Rule]) -> Report {
    Suites::new().on(mistake).examine(rules)
}

pub(crate) fn one_wrong_character_is_found_under_its_rule() -> Checked {
    let text = on(Mistake::CapByOne, &[&rules::CREATE_1, &rules::CREATE_2, &rules::FAMILY_3]).to_string();
    same(&text, include_str!("golden/cap.txt"))?;
    let text = on(Mistake::DeleteIsBlind, &[&rules::DELETE_2, &rules::DELETE_3, &rules::FAULT_1]).to_string();
    same(&text, include_str!("golden/delete.txt"))?;
    let text = on(Mistake::WholeSeconds, &[&rules::LOAD_1, &rules::TOUCH_2, &rules::FAULT_4]).to_string();
    same(&text, include_str!("golden/seconds.txt"))
}

pub(crate) fn the_same_as_markdown() -> Checked {
    let report = on(Mistake::CapByOne, &[&rules::CREATE_2, &rules::FAULT_1]);
    same(&report.to_markdown(), include_str!("golden/cap.md"))
}

pub(crate) fn the_same_as_json() -> Checked {
    let line = Suites::new().on(Frozen).examine(&[&rules::FAULT_4]).to_json();
    same(&line, include_str!("golden/frozen.json"))?;
    let line = Suites::new().on(Absent("no \"server\"")).examine(&[]).to_json();
    let known = line.contains(r#""store":"absent","seed":null,"partial":false,"#);
    if known && line.contains(r#""no \"server\"""#) { Ok(()) } else { Err(line.into()) }
}

/// A whole store with one mistake in it: dozens of failures.
pub(crate) fn a_report_fits_on_two_screens() -> Checked {
    // The random sequences would be shrunk for a while.
    let all = rules::ALL.iter().chain(rules::SESSIONS).copied();
    let quick: Vec<_> = all.filter(|rule| ![&rules::COMMIT_1, &rules::FAMILY_1].contains(rule)).collect();
    for mistake in [Mistake::CapByOne, Mistake::DeleteIsBlind, Mistake::WholeSeconds] {
        let report = on(mistake, &quick);
        let failures = report.suites().iter().flat_map(|suite| suite.findings());
        let failures = failures.filter(|finding| matches!(finding.outcome(), Outcome::Broken(_))).count();
        let (text, lines) = (report.to_string(), report.to_string().lines().count());
        if failures < 20 || lines > 90 {
            return Err(format!("{failures} failures of {mistake:?} in {lines} lines:\n{text}").into());
        }
    }
    Ok(())
}

pub(crate) fn a_failure_says_all_that_an_author_needs() -> Checked {
    let findings = examine(Frozen, &[&rules::LOAD_1]);
    let broken = findings.iter().find_map(|finding| match finding.outcome() {
        Outcome::Broken(report) => Some(report),
        Outcome::Kept | Outcome::ClaimedAway(_) | Outcome::NotChecked(_) => None,
    });
    let report = broken.map(String::as_str).unwrap_or_default();
    for part in [
        "frozen breaks LOAD-1",
        rules::LOAD_1.sentence(),
        rules::LOAD_1.reason(),
        "after its deadline, before any sweep: the key still answers",
        "blocking API",
        "blocking::load_1::an_expired_record_is_absent",
        "SESSION_TEST_SEED=0x",
        "contract/index.html#load",
    ] {
        if !report.contains(part) {
            return Err(format!("the report lacks {part:?}:\n{report}").into());
        }
    }
    Ok(())
}

pub(crate) fn what_is_claimed_away_has_its_reason() -> Checked {
    let report = Suites::new().on(Modest).examine(&[&rules::LOAD_1, &rules::FAULT_4]);
    same(&report.to_string(), include_str!("golden/modest.txt"))?;
    let badge: Vec<String> = report.suites().iter().map(session_testkit::SuiteReport::badge).collect();
    same(
        &badge.join("\n"),
        "session-testkit 0.1: 0 rules kept, 2 claimed away, 0 not checked, in a part of the suite",
    )
}

/// Nothing is known about any rule.
pub(crate) fn an_absent_server_leaves_every_rule_unchecked() -> Checked {
    let report = Suites::new().on(Absent("no server is installed")).examine(rules::ALL);
    let totals: Vec<_> = report.suites().iter().map(session_testkit::SuiteReport::totals).collect();
    let [totals] = totals.as_slice() else { return Err(format!("{totals:?}").into()) };
    if totals.not_checked != totals.rules() || totals.rules() < rules::ALL.len() {
        return Err(format!("{totals:?}").into());
    }
    let text = report.to_string();
    if !text.contains("SESSION-11: no server is installed") {
        return Err(text.into());
    }
    Ok(())
}

/// None of these is the fault of a rule.
pub(crate) fn a_fixture_that_cannot_open_breaks_no_rule() -> Checked {
    // A panic takes its time to be printed.
    let soon = Suites::new().on(Failing).on(Panicking).examine(&[&rules::LOAD_2]).to_string();
    let text = soon + &Suites::new().on(Unopenable).case_limit(HANGS).examine(&[&rules::LOAD_2]).to_string();
    for part in [
        "seen    the fixture could not open a store: no way to mysql://…@db:3306/shop",
        "seen    the fixture could not open a store: it panicked: there is no directory",
        "seen    the fixture could not open a store: it did not end within 300ms",
    ] {
        if !text.contains(part) {
            return Err(format!("the report lacks {part:?}:\n{text}").into());
        }
    }
    if text.contains("is broken") || text.contains("secret") { Err(text.into()) } else { Ok(()) }
}

pub(crate) fn a_fixture_that_opens_sometimes_is_told_apart() -> Checked {
    let report =
        Suites::new().on(Fickle::default()).examine(&[&rules::CREATE_1, &rules::COMMIT_3, &rules::COMMIT_5]);
    let text = report.to_string();
    let told = text.contains("No store could be opened: ") && text.contains("too many connections");
    if told && !text.contains("is broken") { Ok(()) } else { Err(text.into()) }
}

/// The first cases are waited for, and then no more.
pub(crate) fn a_store_that_hangs_is_given_up() -> Checked {
    let report = Suites::new().on(Hanging).case_limit(HANGS).examine(rules::ALL);
    let findings = report.suites().iter().flat_map(|suite| suite.findings());
    let broken: Vec<&Finding> =
        findings.filter(|finding| matches!(finding.outcome(), Outcome::Broken(_))).collect();
    let text = report.to_string();
    let told = text.contains("not run") && text.contains("the store did not answer within ");
    if broken.len() == 3 && told { Ok(()) } else { Err(format!("{} broken:\n{text}", broken.len()).into()) }
}
