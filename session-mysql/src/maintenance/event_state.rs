use std::time::Duration;

use session_sql::maintenance::{Maintenance, MaintenanceError};

use crate::{Event, Mysql};

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
    /// The state of this event.
    ///
    /// # Errors
    /// [`MaintenanceError`] if the server cannot be asked.
    pub fn query(maintenance: &mut Maintenance<Mysql>, event: &Event) -> Result<Self, MaintenanceError> {
        const MISSING: &str = "the state of the event";
        let scheduler = maintenance.ask("SELECT @@GLOBAL.event_scheduler", MISSING)?;
        let is_scheduled = scheduler.iter().any(|[state]| matches!(state.as_deref(), Some("ON" | "1")));
        // Seconds only: `Event::create` uses no other unit.
        let mut rows = maintenance.ask(
            &format!(
                "SELECT interval_value, status, event_definition FROM information_schema.events \
                 WHERE {} AND interval_field='SECOND'",
                event.place()
            ),
            MISSING,
        )?;
        let [seconds, status, body] = rows.pop().unwrap_or_default();
        let batch = body.as_deref().and_then(|body| {
            let (_, rest) = body.split_once(" LIMIT ")?;
            rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
        });
        let every = seconds.and_then(|seconds| seconds.parse().ok()).map(Duration::from_secs);
        Ok(Self { every, batch, is_enabled: status.as_deref() == Some("ENABLED"), is_scheduled })
    }
}
