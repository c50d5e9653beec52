/// The traffic through a [`Proxy`](super::Proxy) since it started.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Traffic {
    /// Connections that were accepted.
    pub connections: u64,
    /// Connections that are open now.
    pub open: u64,
    /// Bytes delivered to the server.
    pub to_server: u64,
    /// Bytes delivered to the client.
    pub to_client: u64,
    /// Bytes that have arrived and are held back.
    pub held: u64,
    /// How often a client started to send, at first or after bytes from the server. For a client that waits for its
    /// replies, this is the number of round trips, however many requests each of them carries.
    pub round_trips: u64,
}
