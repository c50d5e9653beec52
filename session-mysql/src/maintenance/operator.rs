use std::{fmt, net::IpAddr, thread, time::Duration};

use mysql::prelude::Queryable as _;
use session_core::id::Family;
use session_sql::{BATCH_PAUSE, Reply, Statement, StoreOptions};

use super::{
    Comparison, Cure, Estimate, EventState, MaintenanceError, ServerState, Stats, alter::alter, found::Found,
};
use crate::{
    Builder, Schema,
    blocking::{Connection, check, connect_without_timeouts, exchange},
    bounds::MAINTENANCE_CONNECT_TIMEOUT,
};

const LAST_ANONYMOUS: [u8; 16] =
    [0x7f, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255];

/// A connection for maintenance. Its statements have no time limit: changing a large table takes as long as it takes.
///
/// Its account needs more privileges than that of an application: `SELECT` on the table, and those of the statements that it
/// executes.
pub struct Maintenance {
    connection: Connection,
    options: StoreOptions,
    schema: Schema,
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
        let options = builder.options()?;
        check(&options)?;
        let connection = connect_without_timeouts(&options)?;
        Ok(Self { connection, schema: Schema::of(options.table.clone()), options })
    }

    /// The schema that the table must have.
    #[must_use]
    pub const fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The `GRANT` that an application's account `'user'@'host'` needs, with the name of the database in it.
    ///
    /// # Errors
    /// [`MaintenanceError`] if the server cannot be asked.
    pub fn grant(&mut self, user: &str, host: &str) -> Result<String, MaintenanceError> {
        let current: Option<Option<String>> = self.connection.conn.query_first("SELECT DATABASE()")?;
        Ok(self.schema().clone().within(current.flatten().as_deref()).grant(user, host))
    }

    /// Returns where the server is, `host:port` or the path of its socket.
    #[must_use]
    pub fn address(&self) -> String {
        let server = &self.options.server;
        server.socket.clone().unwrap_or_else(|| format!("{}:{}", server.host, server.port))
    }

    /// Returns whether only this machine can reach the server by its address.
    #[must_use]
    pub fn is_local(&self) -> bool {
        let server = &self.options.server;
        let is_loopback = |address: IpAddr| address.is_loopback();
        server.socket.is_some() || server.host == "localhost" || server.host.parse().is_ok_and(is_loopback)
    }

    /// Compares the table with its schema.
    ///
    /// # Errors
    /// [`MaintenanceError`] if the server cannot be asked.
    pub fn compare(&mut self) -> Result<Comparison, MaintenanceError> {
        let schema = &self.schema;
        let found = Found::query(&mut self.connection.conn, schema)?;
        Ok(Comparison::of(found.as_ref(), schema))
    }

    /// Carries out a cure beside an application that goes on: whenever it has to wait for the lock of the table, it steps back
    /// after a quarter of a second, and tries again for `patience`. `may_block` lets the server copy the table, while every
    /// writer waits. `progress` is called with the part that is done, where the server tells it.
    ///
    /// # Errors
    /// [`MaintenanceError`] if the server refuses; then nothing was changed. Its code is 1845 or 1846 if the server would have
    /// to block writers.
    pub fn cure(
        &mut self,
        cure: &Cure,
        may_block: bool,
        patience: Duration,
        progress: impl FnMut(f64) + Send,
    ) -> Result<(), MaintenanceError> {
        if !cure.alters() {
            return self.execute(&cure.statement());
        }
        let statement = if may_block { cure.blocking_statement().to_owned() } else { cure.statement() };
        let mut observer = connect_without_timeouts(&self.options)?;
        alter(&mut self.connection.conn, &mut observer.conn, &statement, patience, progress)
    }

    /// Executes a statement without a time limit.
    ///
    /// # Errors
    /// [`MaintenanceError`] with the server's reply if it refuses.
    pub fn execute(&mut self, statement: &str) -> Result<(), MaintenanceError> {
        Ok(self.connection.conn.query_drop(statement)?)
    }

    /// What the server says of itself.
    ///
    /// # Errors
    /// [`MaintenanceError`] if the server cannot be asked.
    pub fn server(&mut self) -> Result<ServerState, MaintenanceError> {
        ServerState::query(&mut self.connection.conn)
    }

    /// The next families of owners behind this one, at most a thousand: what must be revoked to end all sessions.
    ///
    /// # Errors
    /// [`MaintenanceError`] if the server cannot be asked.
    pub fn owners_after(&mut self, after: Option<Family>) -> Result<Vec<Family>, MaintenanceError> {
        let table = self.schema.quoted();
        // The highest bit says that a family is owned.
        let after = after.map_or(LAST_ANONYMOUS, |family| *family.as_bytes());
        let rows: Vec<Vec<u8>> = self.connection.conn.exec(
            format!("SELECT DISTINCT family FROM {table} WHERE family>? ORDER BY family LIMIT 1000"),
            (&after[..],),
        )?;
        let families = rows.into_iter().map(|bytes| bytes.try_into().map(Family::from_bytes).ok());
        families.collect::<Option<_>>().ok_or(MaintenanceError::unexpected_reply("the families"))
    }

    /// Removes every row of a family: what a trial leaves behind.
    ///
    /// # Errors
    /// [`MaintenanceError`] if the server refuses.
    pub fn forget(&mut self, family: &Family) -> Result<(), MaintenanceError> {
        let table = self.schema.quoted();
        let statement = format!("DELETE FROM {table} WHERE family=?");
        Ok(self.connection.conn.exec_drop(statement, (&family.as_bytes()[..],))?)
    }

    /// The state of the event that removes expired sessions.
    ///
    /// # Errors
    /// [`MaintenanceError`] if the server cannot be asked.
    pub fn event(&mut self) -> Result<EventState, MaintenanceError> {
        EventState::query(&mut self.connection.conn, &self.schema)
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

    /// Estimates what is in the table. It reads at most a hundred thousand entries of one index and locks nothing.
    ///
    /// # Errors
    /// [`MaintenanceError`] if the server cannot be asked, or the table does not exist.
    pub fn estimate(&mut self) -> Result<Estimate, MaintenanceError> {
        Estimate::query(&mut self.connection.conn, &self.schema)
    }

    /// Counts what is in the table. It reads the whole table once, which takes a while with a large one, and locks nothing.
    ///
    /// # Errors
    /// [`MaintenanceError`] if the server cannot be asked, or the table does not exist.
    pub fn stats(&mut self) -> Result<Stats, MaintenanceError> {
        Stats::query(&mut self.connection.conn, &self.schema)
    }
}

impl fmt::Debug for Maintenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Maintenance").field("schema", self.schema()).finish_non_exhaustive()
    }
}
