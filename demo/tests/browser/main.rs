//! The site in a real browser, on every store and by every framework: its cookies, two tabs at the same time, and going back after signing
//! out. Pictures are saved in the build directory.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail")]

mod cases;
mod driver;
mod everyday;
mod profile;
mod shop;
mod site;
mod slow_store;

use std::process::ExitCode;

use cases::CASES;
use driver::{Driver, chromium};
use everyday::EVERYDAY;
use libtest_mimic::{Arguments, Completion, Trial};
use site::Kind;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // A browser needs a lot of the machine, so at most two run at a time.
    arguments.test_threads = arguments.test_threads.or(Some(2));
    let driver = chromium().and_then(|_| Driver::start());
    let address = driver.as_ref().map(|driver| driver.address.clone()).map_err(Clone::clone);
    let stores = Kind::all().flat_map(|kind| {
        let address = &address;
        CASES.iter().map(move |(name, case)| {
            trial(format!("{}::{name}", kind.name()), address, move |driver| case(driver, kind))
        })
    });
    let everyday = EVERYDAY.iter().map(|(name, case)| trial(format!("everyday::{name}"), &address, *case));
    libtest_mimic::run(&arguments, stores.chain(everyday).collect()).exit_code()
}

/// A case that needs the browser behind this driver.
fn trial(name: String, driver: &Result<String, String>, case: impl FnOnce(&str) + Send + 'static) -> Trial {
    let driver = driver.clone();
    Trial::ignorable_test(name, move || match driver {
        Ok(driver) => {
            case(&driver);
            Ok(Completion::Completed)
        }
        Err(missing) if is_required() => Err(missing.into()),
        Err(missing) => Ok(Completion::ignored_with(missing)),
    })
}

/// Whether a machine without a browser fails the test.
fn is_required() -> bool {
    std::env::var("SESSION_TEST_REQUIRE").unwrap_or_default().split(',').any(|kind| kind.trim() == "browser")
}
