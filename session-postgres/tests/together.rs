//! What waits for a connection travels together, and each is answered for itself.

#![cfg(all(unix, feature = "tokio", feature = "blocking"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

mod support;

use support::here::Here;

session_sqltests::together!(Here);
session_sqltests::commits_together!(Here);
