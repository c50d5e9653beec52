//! What the tests share: a store that counts and fails, a browser that keeps its cookie, a log that is searched for
//! secrets after every request.
#![allow(
    dead_code,
    unreachable_pub,
    unused_imports,
    clippy::unwrap_used,
    reason = "each test file uses a part of it, and a test that cannot go on may panic"
)]

pub mod browser;
pub mod log;
pub mod probe_store;

pub use browser::Browser;
pub use probe_store::ProbeStore;
