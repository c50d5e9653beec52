use std::{fmt, thread};

use mysql::prelude::Queryable as _;

use super::{Difference, EventState, MaintenanceError, Stats, difference::compare, found::Found};
use crate::{
    Builder, Schema,
    blocking::{Connection, connect_without_timeouts, exchange},
    options::StoreOptions,
    protocol::{Reply, Statement},
    retry::{BATCH_PAUSE, MAINTENANCE_CONNECT_TIMEOUT},
};

/// A connection for maintenance. Its statements have no time limit: changing a large table takes as long as it takes.
///
/// Its account needs more privileges than that of an application: `SELECT` on the table, and those of the statements that it
/// executes.
pub struct Maintenance {
    connection: Connection,
    options: StoreOptions,
}

impl Maintenance {
    /// Connects to the server at the URL of a store. Without `table`, the table is that of the URL, or `alo_session`.
    ///
    /// # Errors
    /// [`MaintenanceError`] if the URL or the name is invalid, or the server cannot be reached within five seconds.
    pub fn connect(url: &str, table: Option<&str>) -> Result<Self, MaintenanceError> {
        let mut builder = Builder::new(url).connect_timeout(MAINTENANCE_CONNECT_TIMEOUT);
        if let Some(table) = table {
            builder = builder.table(table);
        }
        let options = builder.blocking_options()?;
        let connection = connect_without_timeouts(&options)?;
        Ok(Self { connection, options })
    }

    /// The schema that the table must have.
    #[must_use]
    pub const fn schema(&self) -> &Schema {
        &self.options.schema
    }

    /// The `GRANT` that an application's account `'user'@'host'` needs, with the name of the database in it.
    ///
    /// # Errors
    /// [`MaintenanceError`] if the server cannot be asked.
    pub fn grant(&mut self, user: &str, host: &str) -> Result<String, MaintenanceError> {
        let current: Option<Option<String>> = self.connection.conn.query_first("SELECT DATABASE()")?;
        let schema = self.schema();
        let complete = match (&schema.table().database, current.flatten()) {
            (None, Some(database)) => Schema::new(&format!("{database}.{}", schema.table().name)).ok(),
            _ => None,
        };
        Ok(complete.as_ref().unwrap_or(schema).grant(user, host))
    }

    /// Compares the table with its schema. Returns the differences in the order in which to repair them; an empty list means
    /// that the table is ready.
    ///
    /// # Errors
    /// [`MaintenanceError`] if the server cannot be asked.
    pub fn differences(&mut self) -> Result<Vec<Difference>, MaintenanceError> {
        let schema = &self.options.schema;
        let found = Found::query(&mut self.connection.conn, schema)?;
        Ok(compare(found.as_ref(), schema))
    }

    /// Executes a statement, such as the cure of a difference, without a time limit.
    ///
    /// # Errors
    /// [`MaintenanceError`] with the server's reply if it refuses.
    pub fn execute(&mut self, statement: &str) -> Result<(), MaintenanceError> {
        Ok(self.connection.conn.query_drop(statement)?)
    }

    /// The version of the server, such as `10.11.6-MariaDB`.
    ///
    /// # Errors
    /// [`MaintenanceError`] if the server cannot be asked.
    pub fn server(&mut self) -> Result<String, MaintenanceError> {
        let version: Option<String> = self.connection.conn.query_first("SELECT VERSION()")?;
        version.ok_or(MaintenanceError::unexpected_reply("its version"))
    }

    /// The id of this connection, for [`progress_of`](Self::progress_of) on another one.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.connection.conn.connection_id()
    }

    /// The progress of the statement that another connection executes, from 0 to 1; `None` if the server does not tell.
    /// MariaDB tells it for `ALTER TABLE`.
    ///
    /// # Errors
    /// [`MaintenanceError`] if the server cannot be asked. MySQL is an example: it has no such column.
    pub fn progress_of(&mut self, id: u32) -> Result<Option<f64>, MaintenanceError> {
        let row: Option<(f64, f64, f64)> = self.connection.conn.exec_first(
            "SELECT CAST(stage AS DOUBLE), CAST(max_stage AS DOUBLE), CAST(progress AS DOUBLE) \
             FROM information_schema.processlist WHERE id=? AND max_stage>0",
            (id,),
        )?;
        Ok(row.map(|(stage, stages, percent)| ((stage - 1.0).max(0.0) + percent / 100.0) / stages))
    }

    /// The state of the event that removes expired sessions.
    ///
    /// # Errors
    /// [`MaintenanceError`] if the server cannot be asked.
    pub fn event(&mut self) -> Result<EventState, MaintenanceError> {
        EventState::query(&mut self.connection.conn, &self.options.schema)
    }

    /// Removes all expired sessions, at most `batch` rows at a time. Each batch is a transaction of its own that waits for no
    /// live session. `progress` is called after each batch with the number of rows removed so far; the last one is returned.
    ///
    /// # Errors
    /// [`MaintenanceError`] if the server refuses. What was removed before stays removed.
    pub fn collect(&mut self, batch: u32, mut progress: impl FnMut(u64)) -> Result<u64, MaintenanceError> {
        let (connection, sql) = (&mut self.connection, &self.options.sql);
        let mut ask = |statement: &Statement<'_>| -> Result<Reply, MaintenanceError> {
            Ok(exchange(connection, statement)?)
        };
        let mut removed = 0;
        loop {
            // A deletion that runs out of expired rows would lock the next live one, so they are counted first.
            let found = ask(&sql.count_expired(batch.max(1)))?.count()?;
            if found == 0 {
                return Ok(removed);
            }
            removed += ask(&sql.sweep(found))?.changed()?;
            progress(removed);
            thread::sleep(BATCH_PAUSE);
        }
    }

    /// Counts what is in the table. It reads all keys once and locks nothing.
    ///
    /// # Errors
    /// [`MaintenanceError`] if the server cannot be asked, or the table does not exist.
    pub fn stats(&mut self) -> Result<Stats, MaintenanceError> {
        Stats::query(&mut self.connection.conn, &self.options.schema)
    }
}

impl fmt::Debug for Maintenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Maintenance").field("schema", self.schema()).finish_non_exhaustive()
    }
}
