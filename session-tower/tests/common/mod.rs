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
pub mod clock;
pub mod log;
pub mod probe_store;

pub use browser::Browser;
pub use clock::Clock;
pub use probe_store::ProbeStore;

/// Polls the future once, and returns whether it is ready.
pub async fn poll_once(mut future: std::pin::Pin<&mut impl Future>) -> bool {
    std::future::poll_fn(|cx| std::task::Poll::Ready(future.as_mut().poll(cx).is_ready())).await
}
