use std::time::Duration;

/// The direction of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a connection has two directions")]
pub enum Direction {
    /// From the client to the server: requests.
    ToServer,
    /// From the server to the client: replies.
    ToClient,
}

/// What a [`Proxy`](super::Proxy) does with all connections, old and new, until the mode changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mode {
    /// Everything is delivered at once, including what another mode held back.
    Pass,
    /// New connections are refused, as if no server ran. Old ones pass.
    Refuse,
    /// Connections are accepted and nothing is delivered in either direction, as if the server hung.
    Stall,
    /// Requests pass and replies are held back, so that the server does what the client gives up on. The next mode
    /// delivers the replies late, on every connection that is still open.
    HoldReplies,
    /// Each delivery takes this long, in both directions.
    Delay(Duration),
    /// This many more bytes pass in this direction, over all connections. Then the connection that carried the last of
    /// them is cut, or the one with the next byte for 0, and the mode is [`Pass`](Self::Pass) again.
    CutAfter {
        /// The direction that is counted; the other one passes.
        direction: Direction,
        /// How many bytes are still delivered.
        bytes: u64,
    },
}

impl Mode {
    /// How long a delivery in this direction must wait, or `None` for as long as the mode lasts.
    pub(super) const fn wait(self, direction: Direction) -> Option<Duration> {
        match (self, direction) {
            (Self::Stall, _) | (Self::HoldReplies, Direction::ToClient) => None,
            (Self::Delay(time), _) => Some(time),
            _ => Some(Duration::ZERO),
        }
    }
}
