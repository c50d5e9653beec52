use std::time::Duration;

/// The network between a store and its server, which the suite disturbs to check FAULT-1 to FAULT-3.
///
/// The feature `testservers` implements it for `session_testservers::proxy::Proxy`.
pub trait Network: Send + Sync + 'static {
    /// Puts all connections, old and new, into this condition, until the next call.
    fn set(&self, condition: Condition);

    /// Waits until everything that was held back has been delivered. Returns whether that happened within this time.
    fn delivers(&self, within: Duration) -> bool;
}

/// A condition of a [`Network`].
///
/// Not `non_exhaustive`: a network that ignored a new condition would let every store pass its cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "an implementation must handle every condition")]
pub enum Condition {
    /// Everything is delivered at once, including what was held back.
    Working,
    /// No server runs: open connections are cut and new ones are refused.
    Down,
    /// Connections are accepted, but nothing is delivered in either direction.
    Hung,
    /// Requests are delivered, and replies are held back.
    RepliesHeld,
    /// Each delivery takes this long, in both directions.
    Slow(Duration),
    /// This many more bytes of requests are delivered, over all connections. Then the connection that carried the last
    /// of them is cut, and the network is working again.
    RequestsCutAfter(u64),
    /// The same as [`RequestsCutAfter`](Self::RequestsCutAfter), counted on replies.
    RepliesCutAfter(u64),
    /// The open connections stay open for the client, but lead nowhere. New ones work.
    ConnectionsDead,
}
