use std::{process::ExitCode, sync::mpsc};

use libtest_mimic::{Arguments, FormatSetting};

use super::{Ready, Report, SuiteReport, report::Wanted};
use crate::Rule;

/// The number of concurrent cases if most of them only wait.
const WAITING: usize = 64;

/// Runs all suites and reports like any other test. Takes the usual arguments, such as `--list` and filters. `open` is called
/// when the arguments are known to be right.
#[must_use]
#[allow(clippy::print_stdout, reason = "the report is what a test program is for")]
pub fn run(is_strict: bool, open: impl FnOnce() -> Vec<Ready>) -> ExitCode {
    let mut arguments = Arguments::from_args();
    let wanted = match Wanted::by_the_environment() {
        Ok(wanted) => wanted,
        Err(error) => return refused(&error),
    };
    let is_strict = is_strict || is_strict_by_the_environment();
    let ready = open();
    if ready.iter().any(Ready::waits) {
        arguments.test_threads.get_or_insert(WAITING);
    }
    let (send, found) = mpsc::channel();
    let trials = ready.iter().enumerate().flat_map(|(index, ready)| {
        let send = send.clone();
        ready.trials(is_strict, move |finding| {
            // The receiver lives until all cases have ended.
            let _ = send.send((index, finding));
        })
    });
    let conclusion = libtest_mimic::run(&arguments, trials.collect());
    if arguments.list {
        return ExitCode::SUCCESS;
    }
    let mut found: Vec<_> = found.try_iter().collect();
    let suites = ready.iter().enumerate().map(|(index, ready)| {
        let findings = found.extract_if(.., |(of, _)| *of == index).map(|(_, finding)| finding);
        ready.report(findings.collect())
    });
    let report = Report::new(suites.collect(), is_strict);
    match arguments.format {
        Some(FormatSetting::Json) => println!("{}", report.to_json()),
        _ => println!("{report}"),
    }
    let is_unchecked = |suite: &SuiteReport| suite.totals().not_checked > 0;
    match wanted.write(&report) {
        Ok(()) if conclusion.has_failed() => conclusion.exit_code(),
        // Each case that was too slow is ignored; a rule that none of its cases could check is not.
        Ok(())
            if is_strict && conclusion.num_filtered_out == 0 && report.suites().iter().any(is_unchecked) =>
        {
            ExitCode::FAILURE
        }
        Ok(()) => conclusion.exit_code(),
        Err(error) => refused(&error),
    }
}

/// Runs the cases of these rules on all suites, one after the other, without printing anything.
#[must_use]
pub fn examine(is_strict: bool, ready: &[Ready], rules: &[&'static Rule]) -> Report {
    let suites = ready.iter().map(|ready| ready.report(ready.examine(rules)));
    Report::new(suites.collect(), is_strict)
}

/// Whether `SESSION_TEST_STRICT` is set to anything but 0.
fn is_strict_by_the_environment() -> bool {
    std::env::var_os("SESSION_TEST_STRICT").is_some_and(|value| !value.is_empty() && value != "0")
}

/// The end of a program that cannot report as it was asked to.
#[allow(clippy::print_stderr, reason = "there is no other place")]
fn refused(error: &str) -> ExitCode {
    eprintln!("error: {error}");
    ExitCode::from(2)
}
