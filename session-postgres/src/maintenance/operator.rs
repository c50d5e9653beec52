use std::{
    fmt,
    net::IpAddr,
    thread,
    time::{Duration, Instant},
};

use session_core::id::Family;
use session_sql::{BATCH_PAUSE, Client as _, StoreOptions};

use super::{Comparison, Estimate, MaintenanceError, ServerState, Stats, found::Found};
use crate::{
    Builder, Postgres, Schema,
    blocking::{Connection, ThreadClient},
    url::PREPARED,
};

/// The server is reached, or it is not.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Longer than any statement takes.
const UNLIMITED: Duration = Duration::from_hours(24 * 365);

/// The values of a row as text; `None` is NULL.
pub(super) type Row = Vec<Option<String>>;

/// A connection for maintenance. Its statements have no time limit: counting in a large table takes as long as it takes.
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
        let mut builder = Builder::new(url).connect_timeout(CONNECT_TIMEOUT).response_timeout(UNLIMITED);
        if let Some(table) = table {
            builder = builder.table(table);
        }
        let mut options = builder.budget(UNLIMITED).options()?;
        // Nothing is set on the connection: its limits would be those of a store.
        let parameters = &mut options.server.parameters;
        parameters.retain(|(name, _)| *name != PREPARED);
        parameters.push((PREPARED, "never".to_owned()));
        let client = ThreadClient::new(&options)?;
        let connection = client.connect_now(Instant::now() + CONNECT_TIMEOUT)?;
        Ok(Self { connection, schema: Schema::of(options.table.clone()), options })
    }

    /// The schema that the table must have.
    #[must_use]
    pub const fn schema(&self) -> &Schema {
        &self.schema
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
        let found = Found::query(self)?;
        Ok(Comparison::of(found.as_ref(), &self.schema))
    }

    /// Carries out a statement of a [cure](Comparison::cure), and waits at most so long for a lock of the table: whoever waits
    /// for it makes the others wait, too.
    ///
    /// # Errors
    /// [`MaintenanceError`] if the server refuses; then the statement changed nothing. Its state is `55P03` if others held the
    /// table for so long.
    pub fn cure(&mut self, statement: &str, patience: Duration) -> Result<(), MaintenanceError> {
        // An index that is made beside the writers cannot be a part of a transaction, and holds up nobody.
        if statement.contains("CONCURRENTLY") {
            return self.rows(statement).map(drop);
        }
        let patience = patience.as_millis().max(1);
        let text = format!("BEGIN; SET LOCAL lock_timeout={patience}; {statement}; COMMIT");
        self.rows(&text).map(drop).inspect_err(|_| drop(self.rows("ROLLBACK")))
    }

    /// What the server says of itself.
    ///
    /// # Errors
    /// [`MaintenanceError`] if the server cannot be asked.
    pub fn server(&mut self) -> Result<ServerState, MaintenanceError> {
        ServerState::query(self)
    }

    /// The next families of owners behind this one, at most a thousand: what must be revoked to end all sessions.
    ///
    /// # Errors
    /// [`MaintenanceError`] if the server cannot be asked.
    pub fn owners_after(&mut self, after: Option<Family>) -> Result<Vec<Family>, MaintenanceError> {
        let table = self.table();
        // The highest bit says that a family is owned.
        let after = after.map_or_else(|| format!("7f{}", "f".repeat(30)), |family| hex(&family));
        let rows = self.rows(&format!(
            "SELECT DISTINCT encode(family,'hex') f FROM {table} WHERE family>decode('{after}','hex') \
             ORDER BY f LIMIT 1000"
        ))?;
        let families = rows.into_iter().map(|row| family(row.first()?.as_deref()?));
        families.collect::<Option<_>>().ok_or(MaintenanceError::unexpected_reply("the families"))
    }

    /// Removes every row of a family: what a trial leaves behind.
    ///
    /// # Errors
    /// [`MaintenanceError`] if the server refuses.
    pub fn forget(&mut self, family: &Family) -> Result<(), MaintenanceError> {
        let (table, family) = (self.table(), hex(family));
        self.rows(&format!("DELETE FROM {table} WHERE family=decode('{family}','hex')")).map(drop)
    }

    /// Removes all expired sessions, at most `batch` rows at a time. Each batch is a transaction of its own that waits for no
    /// other session. `progress` is called after each batch with the number of rows removed so far; the last one is returned.
    ///
    /// # Errors
    /// [`MaintenanceError`] if the server refuses. What was removed before stays removed.
    pub fn collect(&mut self, batch: u32, mut progress: impl FnMut(u64)) -> Result<u64, MaintenanceError> {
        let (connection, sweep) = (&mut self.connection, self.options.sql.sweep(batch.max(1)));
        let mut removed = 0;
        loop {
            let found = connection.send(&sweep, Instant::now() + UNLIMITED)?.changed()?;
            if found == 0 {
                return Ok(removed);
            }
            removed += found;
            progress(removed);
            thread::sleep(BATCH_PAUSE);
        }
    }

    /// Estimates what is in the table. It reads at most a hundred thousand expired rows and locks nothing.
    ///
    /// # Errors
    /// [`MaintenanceError`] if the server cannot be asked, or the table does not exist.
    pub fn estimate(&mut self) -> Result<Estimate, MaintenanceError> {
        Estimate::query(self)
    }

    /// Counts what is in the table. It reads the whole table once, which takes a while with a large one, and locks nothing.
    ///
    /// # Errors
    /// [`MaintenanceError`] if the server cannot be asked, or the table does not exist.
    pub fn stats(&mut self) -> Result<Stats, MaintenanceError> {
        Stats::query(self)
    }

    /// The name of the table in quotes.
    pub(super) fn table(&self) -> String {
        self.options.table.quoted::<Postgres>()
    }

    /// Executes statements without a time limit, and returns the rows of all of them.
    pub(super) fn rows(&mut self, text: &str) -> Result<Vec<Row>, MaintenanceError> {
        Ok(self.connection.rows(text, Instant::now() + UNLIMITED)?)
    }
}

impl fmt::Debug for Maintenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Maintenance").field("schema", self.schema()).finish_non_exhaustive()
    }
}

fn hex(family: &Family) -> String {
    family.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn family(hex: &str) -> Option<Family> {
    let bytes = (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok());
    Some(Family::from_bytes(bytes.collect::<Option<Vec<_>>>()?.try_into().ok()?))
}
