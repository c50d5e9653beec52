use std::time::Duration;

use mysql::{Conn, prelude::Queryable as _};

use super::MaintenanceError;
use crate::Schema;

/// The state of the server's event that removes expired sessions.
///
/// Not exhaustive, because the server knows more about it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EventState {
    /// How often it runs; `None` if there is no event.
    pub every: Option<Duration>,
    /// How many rows it removes at a time; `None` if that cannot be read from it.
    pub batch: Option<u32>,
    /// Whether it is enabled.
    pub is_enabled: bool,
    /// Whether the server runs events at all: `event_scheduler`, which is `OFF` by default in MariaDB.
    pub is_scheduled: bool,
}

impl EventState {
    pub(super) fn query(conn: &mut Conn, schema: &Schema) -> Result<Self, MaintenanceError> {
        let scheduler: Option<String> = conn.query_first("SELECT @@GLOBAL.event_scheduler")?;
        let is_scheduled = scheduler.is_some_and(|state| matches!(state.as_str(), "ON" | "1"));
        let event = schema.event();
        // Seconds only: `Schema::create_event` uses no other unit.
        let row: Option<(Option<String>, String, Option<String>)> = conn.exec_first(
            "SELECT CAST(interval_value AS CHAR), status, CAST(event_definition AS CHAR) FROM information_schema.events \
             WHERE event_schema=COALESCE(?, DATABASE()) AND event_name=? AND interval_field='SECOND'",
            (event.database, event.name),
        )?;
        let (seconds, status, body) = row.unwrap_or_default();
        let batch = body.as_deref().and_then(|body| {
            let (_, rest) = body.split_once(" LIMIT ")?;
            rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
        });
        let every = seconds.and_then(|seconds| seconds.parse().ok()).map(Duration::from_secs);
        Ok(Self { every, batch, is_enabled: status == "ENABLED", is_scheduled })
    }
}
