use std::time::Duration;

/// Which way bytes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a connection has two directions")]
pub enum Direction {
    /// From the client to the server: requests.
    ToServer,
    /// From the server to the client: replies.
    ToClient,
}

/// What a [`Proxy`](super::Proxy) does with all its connections, old and new, until told otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mode {
    /// Everything is delivered as it comes, and so is what another mode held back.
    Pass,
    /// New connections are refused, as by a machine on which no server runs. Old ones pass.
    Refuse,
    /// Connections are accepted, nothing is delivered in either direction, as by a server that hangs.
    Stall,
    /// Requests pass and replies are held back: the server does what the client, out of patience, takes for
    /// not done. The next mode delivers them late, on every connection that is still open.
    HoldReplies,
    /// Each delivery is late by this time, in both directions.
    Delay(Duration),
    /// So many bytes more pass in this direction, over all connections. The connection that carries the last of
    /// them is cut right behind it, with none for the next byte, and the mode is [`Pass`](Self::Pass) again.
    CutAfter {
        /// The direction that is counted; the other one passes.
        direction: Direction,
        /// How many bytes are still delivered.
        bytes: u64,
    },
}

impl Mode {
    /// How long a delivery in this direction must wait: `None` for as long as the mode lasts.
    pub(super) const fn wait(self, direction: Direction) -> Option<Duration> {
        match (self, direction) {
            (Self::Stall, _) | (Self::HoldReplies, Direction::ToClient) => None,
            (Self::Delay(time), _) => Some(time),
            _ => Some(Duration::ZERO),
        }
    }
}
