//! Tests of several modules, or too long to stand beside what they test.

mod directory;
mod golden_replies;
mod golden_requests;
#[cfg(feature = "blocking")]
mod listing;
mod operations;
#[cfg(feature = "tokio")]
mod resp;
mod retry;
mod swap;
mod url;
