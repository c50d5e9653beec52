//! An acknowledged write stays, and takes effect once, whatever happens to the server. Prints what it saw.
//!
//! A short load by default; `SESSION_TEST_LONG=1` makes it a minute with ten crashes, and 100,000 requests.

#![cfg(all(unix, feature = "tokio", feature = "blocking"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

mod support;

use session_sqltests::load;
use support::here::Here;

session_sqltests::tests!(
    Here,
    load: a_server_that_is_killed_again_and_again_loses_no_acknowledged_write,
    a_stalling_network_and_cancelled_requests_mix_nothing_up,
    a_crowd_of_devices_keeps_nothing_that_was_ended_and_no_more_than_the_cap,
);
