//! `ALTER TABLE` beside an application that goes on.
//!
//! A statement that waits for the lock of a table makes everyone wait who comes after it, readers too. So it never waits for
//! long: an observer on a second connection ends it, the application catches up, and it is tried again.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use mysql::{Conn, prelude::Queryable as _};

use session_sql::maintenance::MaintenanceError;

use crate::{
    blocking::error_kind,
    bounds::{ALTER_LOOK, ALTER_PAUSE, ALTER_WAIT},
};

/// The server waited for the lock for as long as it may, or the observer ended the statement.
const NO_LOCK: [u16; 2] = [1205, 1317];

/// Carries out the statement; tries again for `patience` while somebody holds the table. `progress` is called with the part
/// that is done, where the server tells it.
pub(super) fn alter(
    conn: &mut Conn,
    observer: &mut Conn,
    statement: &str,
    patience: Duration,
    mut progress: impl FnMut(f64) + Send,
) -> Result<(), MaintenanceError> {
    let (id, deadline) = (conn.connection_id(), Instant::now() + patience);
    // If the observer fails, the application waits for a second at most.
    conn.query_drop("SET SESSION lock_wait_timeout=1").map_err(error_kind)?;
    loop {
        let done = AtomicBool::new(false);
        let result: Result<(), MaintenanceError> = thread::scope(|scope| {
            scope.spawn(|| observe(observer, id, &done, &mut progress));
            let result = conn.query_drop(statement).map_err(|error| error_kind(error).into());
            done.store(true, Ordering::Relaxed);
            result
        });
        match result {
            Err(error) if error.code().is_some_and(|code| NO_LOCK.contains(&code)) => {
                if Instant::now() + ALTER_PAUSE >= deadline {
                    return Err(MaintenanceError::busy(patience, "information_schema.innodb_trx"));
                }
                thread::sleep(ALTER_PAUSE);
                // The observer may have ended a statement that was over: that takes the next one.
                let _ = conn.query_drop("DO 0");
            }
            result => return result,
        }
    }
}

fn observe(observer: &mut Conn, id: u32, done: &AtomicBool, progress: &mut impl FnMut(f64)) {
    let mut waits_since = None;
    while !done.load(Ordering::Relaxed) {
        let Some((state, part)) = look(observer, id) else { return };
        if let Some(part) = part {
            progress(part);
        }
        let is_waiting = state.to_ascii_lowercase().contains("metadata lock");
        waits_since = is_waiting.then(|| waits_since.unwrap_or_else(Instant::now));
        if waits_since.is_some_and(|since: Instant| since.elapsed() >= ALTER_WAIT)
            && !done.load(Ordering::Relaxed)
        {
            let _ = observer.query_drop(format!("KILL QUERY {id}"));
            return;
        }
        thread::sleep(ALTER_LOOK);
    }
}

/// What a connection is doing, and how much of it is done. `None` if the server does not tell.
fn look(observer: &mut Conn, id: u32) -> Option<(String, Option<f64>)> {
    // Only MariaDB tells the progress.
    let stages = "CAST(stage AS DOUBLE), CAST(max_stage AS DOUBLE), CAST(progress AS DOUBLE)";
    let ask = |what: &str, schema| {
        format!("SELECT COALESCE(state,''){what} FROM {schema}.processlist WHERE id={id}")
    };
    let row: Result<Option<(String, f64, f64, f64)>, _> =
        observer.query_first(ask(&format!(", {stages}"), "information_schema"));
    match row {
        Ok(row) => row.map(|(state, stage, stages, percent)| {
            let part = ((stage - 1.0).max(0.0) + percent / 100.0) / stages;
            (state, (stages > 0.0).then_some(part))
        }),
        // MySQL's other list fails while any statement has bytes in it that are no text (3854), as loads do.
        Err(_) => {
            let row = observer.query_first(ask("", "performance_schema"));
            let row = row.or_else(|_| observer.query_first(ask("", "information_schema")));
            row.ok()?.map(|state| (state, None))
        }
    }
}
