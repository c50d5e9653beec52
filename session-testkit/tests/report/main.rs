//! What the author of a store reads when it breaks a rule, and what programs and operators read.
//!
//! To accept a text that was meant to change, copy it from the failure into `golden/`.

mod fixtures;
mod output;
mod texts;
mod wrong;

use std::{error::Error, process::ExitCode};

use fixtures::{Absent, Frozen, Modest};
use libtest_mimic::{Arguments, Trial};
use session_testkit::Suites;
use wrong::Mistake;

type Checked<T = ()> = Result<T, Box<dyn Error>>;

/// The variable that tells this program to be a conformance test instead.
const ROLE: &str = "REPORT_TEST_ROLE";

fn main() -> ExitCode {
    match std::env::var(ROLE).as_deref() {
        Ok("cap") => return session_testkit::main(Mistake::CapByOne),
        Ok("modest") => return session_testkit::main(Modest),
        Ok("frozen") => return session_testkit::main(Frozen),
        Ok("strictly frozen") => return Suites::new().on(Frozen).strict().run(),
        Ok("absent") => return session_testkit::main(Absent("no server is installed")),
        Ok("two") => return Suites::new().on(Modest).on(Frozen).run(),
        _ => {}
    }
    let trials = trials! {
        texts::one_wrong_character_is_found_under_its_rule,
        texts::the_same_as_markdown,
        texts::the_same_as_json,
        texts::a_report_fits_on_two_screens,
        texts::a_failure_says_all_that_an_author_needs,
        texts::what_is_claimed_away_has_its_reason,
        texts::an_absent_server_leaves_every_rule_unchecked,
        texts::a_fixture_that_cannot_open_breaks_no_rule,
        texts::a_fixture_that_opens_sometimes_is_told_apart,
        texts::a_store_that_hangs_is_given_up,
        output::the_report_comes_last,
        output::a_filter_is_told,
        output::several_stores_have_totals_of_their_own,
        output::what_is_not_checked_fails_if_asked_to,
        output::every_line_of_json_is_json,
        output::reports_are_written_where_it_is_asked_for,
    };
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// Lists tests under their names.
macro_rules! trials {
    ($($test:path,)+) => {
        vec![$(Trial::test(stringify!($test), || $test().map_err(|error| error.to_string().into()))),+]
    };
}
use trials;

/// Compares texts, but for what differs from run to run, such as seeds and digests, and the number of all cases.
fn same(seen: &str, expected: &str) -> Checked {
    let seen = without_chance(seen);
    if seen.trim_end() == expected.trim_end() {
        return Ok(());
    }
    Err(format!("this text is not the expected one:\n{seen}\n--- expected:\n{expected}").into())
}

/// The text with `…` for the digits of seeds, digests and revisions, and for the number of all cases.
fn without_chance(text: &str) -> String {
    let cases = |part: &str| {
        part.rsplit_once("(only ").map_or_else(|| part.to_owned(), |(before, _)| before.to_owned())
    };
    let mut out = match text.split_once(" cases ran)") {
        Some((before, after)) => format!("{}(only some cases ran){after}", cases(before)),
        None => text.to_owned(),
    };
    for before in ["SESSION_TEST_SEED=0x", "\"seed\":\"0x", "Digest(", "Revision("] {
        let mut parts = out.split(before);
        let first = parts.next().unwrap_or_default().to_owned();
        out = parts.fold(first, |done, rest| {
            let rest = rest.trim_start_matches(|c: char| c.is_ascii_hexdigit());
            format!("{done}{before}…{rest}")
        });
    }
    out
}
