//! What both APIs do when servers are frozen, killed, replaced, read-only, full or out of step (FAULT-1 to FAULT-3).

#![cfg(all(feature = "tokio", feature = "blocking", feature = "tls"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "test code that prints how long it took"
)]

mod answers;
mod connecting;
mod failover;
mod lost_answer;
mod refusals;
mod resharding;
mod single;
mod stores;
mod unable;
