//! What waits for its turn decides by the clock of its turn (CLOCK-2).

#![cfg(all(unix, feature = "tokio", feature = "blocking"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

mod support;

use session_sqltests::turn;
use support::here::Here;

#[test]
fn a_write_that_waited_brings_no_session_back() {
    turn::a_write_that_waited_brings_no_session_back::<Here>();
}
