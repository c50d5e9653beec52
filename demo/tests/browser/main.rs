//! The site in a real browser, on every store: its cookies, two tabs at the same time, and going back after signing
//! out. Pictures are saved in the build directory.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail")]

mod cases;
mod driver;
mod profile;
mod site;

use std::process::ExitCode;

use cases::CASES;
use driver::{Driver, chromium};
use libtest_mimic::{Arguments, Completion, Trial};
use site::Kind;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // A browser needs a lot of the machine, so at most two run at a time.
    arguments.test_threads = arguments.test_threads.or(Some(2));
    let driver = chromium().and_then(|_| Driver::start());
    let trials = Kind::ALL.into_iter().flat_map(|kind| {
        let driver = &driver;
        CASES.iter().map(move |(name, case)| {
            let driver = driver.as_ref().map(|driver| driver.address.clone()).map_err(Clone::clone);
            Trial::ignorable_test(format!("{}::{name}", kind.name()), move || match driver {
                Ok(driver) => {
                    case(&driver, kind);
                    Ok(Completion::Completed)
                }
                Err(missing) if is_required() => Err(missing.into()),
                Err(missing) => Ok(Completion::ignored_with(missing)),
            })
        })
    });
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}

/// Whether a machine without a browser fails the test.
fn is_required() -> bool {
    std::env::var("SESSION_TEST_REQUIRE").unwrap_or_default().split(',').any(|kind| kind.trim() == "browser")
}
