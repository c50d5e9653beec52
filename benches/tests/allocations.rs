//! How often a request allocates in the core. A test, not a bench: the counts are exact and the same everywhere.

use allocation_counter::measure;
use session_benches::{Load, Site};

/// The numbers in the README.
const READ_ONLY: u64 = 2;
const CHANGED: u64 = 6;

fn allocations(request: impl Fn()) -> u64 {
    // The first request on a thread seeds its generator.
    request();
    measure(request).count_total
}

#[test]
fn an_untouched_request_allocates_nothing() {
    let site = Site::new(Load::Small);
    assert_eq!(allocations(|| assert!(!site.visit().is_outside_http())), 0);
}

#[test]
fn a_read_only_request_allocates_as_stated_however_large_its_session_is() {
    for load in Load::ALL {
        let site = Site::new(load);
        assert_eq!(allocations(|| assert!(site.read_two_keys().0.is_some())), READ_ONLY, "{}", load.name());
    }
}

#[test]
fn a_changing_request_allocates_as_stated_however_large_its_session_is() {
    for load in Load::ALL {
        let site = Site::new(load);
        assert_eq!(allocations(|| assert!(site.change_a_key().0.is_some())), CHANGED, "{}", load.name());
    }
}
