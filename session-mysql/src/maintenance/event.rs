use std::time::Duration;

/// The server's event that collects what has expired.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EventState {
    /// How often it runs; nothing if there is no event.
    pub every: Option<Duration>,
    /// Whether it is enabled.
    pub is_enabled: bool,
    /// Whether the server runs events at all: `event_scheduler`, which is `OFF` by default in MariaDB.
    pub is_scheduled: bool,
}
