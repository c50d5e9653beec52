use session_mysql::{Event, maintenance::EventState};

use crate::{Finding, args::EventChange};

/// Whether nothing has to be changed.
pub(super) fn is_as_wanted(state: &EventState, wanted: EventChange) -> bool {
    match wanted {
        EventChange::Make { every, batch } => {
            state.is_enabled && state.every == Some(every) && state.batch == Some(batch)
        }
        EventChange::Remove => state.every.is_none(),
    }
}

/// The statements that change the event.
pub(super) fn statements(event: &Event, wanted: EventChange) -> Vec<String> {
    match wanted {
        EventChange::Make { every, batch } => vec![event.drop_if_exists(), event.create(every, batch)],
        EventChange::Remove => vec![event.drop_if_exists()],
    }
}

/// Judges whether expired sessions are removed as wanted.
pub(super) fn judge(state: &EventState, wanted: Option<EventChange>) -> Finding {
    const NAME: &str = "event";
    const SCHEDULE: &str =
        "SET GLOBAL event_scheduler=ON, and event_scheduler=ON in the server's configuration";
    match (state.every, wanted) {
        (None, Some(EventChange::Make { .. })) => {
            Finding::problem(NAME, "there is none", "session-setup mysql --event --apply")
        }
        (None, _) => Finding::fine(
            NAME,
            "none: the application removes what has expired (`sweep_one_in`, or its sweeper)",
        ),
        (Some(_), Some(EventChange::Remove)) => {
            Finding::problem(NAME, "there still is one", "session-setup mysql --no-event --apply")
        }
        (Some(every), Some(EventChange::Make { every: wanted, .. })) if every != wanted => {
            let seen = format!("it runs every {} s, and not every {} s", every.as_secs(), wanted.as_secs());
            Finding::problem(NAME, seen, "session-setup mysql --event --apply")
        }
        (Some(_), Some(EventChange::Make { batch, .. }))
            if state.batch.is_some_and(|found| found != batch) =>
        {
            let seen = format!("it removes another number of rows at a time than {batch}");
            Finding::problem(NAME, seen, "session-setup mysql --event --apply")
        }
        (Some(_), _) if !state.is_enabled => {
            Finding::warning(NAME, "it is disabled, as on a replica", "session-setup mysql --event --apply")
        }
        (Some(_), _) if !state.is_scheduled => {
            Finding::warning(NAME, "the server runs no events, so expired sessions pile up", SCHEDULE)
        }
        (Some(every), _) => {
            Finding::fine(NAME, format!("it removes what has expired every {} s", every.as_secs()))
        }
    }
}
