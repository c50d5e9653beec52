//! What the author of a driver reads when it breaks a rule, and what programs read.

use std::net::TcpListener;

use libtest_mimic::Failed;
use session_driverkit::{Claims, Fixture, Guard, Report, ServeError, Setup, Suites, rules};

use crate::{SHORT, fixture::Mutant, flaw::Flaw};

/// A server that cannot be started, or of which nothing is claimed.
struct Odd {
    starts: bool,
}

impl Fixture for Odd {
    fn name(&self) -> &str {
        "odd"
    }

    fn serve(&self, setup: Setup, listener: TcpListener) -> Result<Guard, ServeError> {
        if self.starts {
            Mutant(Flaw::SavesServerErrors).serve(setup, listener)
        } else {
            Err("no way".into())
        }
    }

    fn claims(&self) -> Claims {
        Claims::everything().except_all([&rules::SAVE_3, &rules::SOCKET_1], "it is a toy")
    }
}

fn has(report: &Report, parts: &[&str]) -> Result<(), Failed> {
    let text = report.to_string() + &report.to_markdown() + &report.to_json();
    match parts.iter().find(|part| !text.contains(**part)) {
        Some(part) => Err(format!("the report lacks {part:?}:\n{text}").into()),
        None => Ok(()),
    }
}

pub(crate) fn a_broken_rule_is_told_with_all_that_an_author_needs() -> Result<(), Failed> {
    let suites = Suites::new().patience(SHORT).on(Mutant(Flaw::SavesServerErrors));
    let report = suites.examine(&[&rules::SAVE_3, &rules::OPEN_1]);
    has(
        &report,
        &[
            "mutant: rules kept 1, broken 1, claimed away 0, not checked 0",
            "Look first at save_3::",
            "SAVE-3 is broken: 3 cases",
            rules::SAVE_3.sentence(),
            rules::SAVE_3.reason(),
            "seen    a change that was answered 408: the store was asked [Load, Commit] and not [Load]",
            "see     https://docs.rs/session-driverkit/latest/session_driverkit/rules/constant.SAVE_3.html",
            "# Rules of drivers, checked by session-driverkit ",
            r#""crate":"session-driverkit""#,
        ],
    )
}

pub(crate) fn what_is_claimed_away_has_its_reason() -> Result<(), Failed> {
    let report = Suites::new().on(Odd { starts: true }).examine(&[&rules::SAVE_3, &rules::SOCKET_1]);
    has(
        &report,
        &["odd: rules kept 0, broken 0, claimed away 2", "claimed away  SAVE-3, SOCKET-1: it is a toy"],
    )
}

pub(crate) fn a_server_that_does_not_start_breaks_no_rule() -> Result<(), Failed> {
    let report = Suites::new().on(Odd { starts: false }).examine(&[&rules::SAVE_4]);
    let told =
        ["No server could be started: ", "the server was not started: no way", "odd: rules kept 0, broken 0"];
    has(&report, &told)
}
