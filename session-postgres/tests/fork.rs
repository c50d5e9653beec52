//! A program that forks after it has used its store: parent and child never read each other's replies.

#![cfg(all(unix, feature = "tokio", feature = "blocking"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

mod support;

use session_sqltests::fork;
use support::here::Here;

#[test]
fn parent_and_child_never_share_a_connection() {
    fork::parent_and_child_never_share_a_connection::<Here>();
}
