use std::{fmt, net::IpAddr, thread, time::Duration};

use session_core::id::Family;

use super::{Comparison, ConnectionOf, Cure, Estimate, Found, Maintained, MaintenanceError, Stats};
use crate::{BATCH_PAUSE, Builder, StoreOptions, Table, complete};

/// The server is reached, or it is not.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Longer than any statement takes.
const UNLIMITED: Duration = Duration::from_hours(24 * 365);

/// A connection for maintenance. Its statements have no time limit: changing a large table takes as long as it takes.
///
/// Its account needs more privileges than that of an application: `SELECT` on the table, and those of the statements that it
/// executes.
pub struct Maintenance<D: Maintained> {
    connection: ConnectionOf<D>,
    options: StoreOptions,
}

impl<D: Maintained> Maintenance<D> {
    /// Connects to the server at the URL of a store. Without `table`, the table is that of the URL, or `alo_session`.
    ///
    /// # Errors
    /// [`MaintenanceError`] if the URL or the name is invalid, or the server cannot be reached within five seconds.
    pub fn connect(url: &str, table: Option<&str>) -> Result<Self, MaintenanceError> {
        let mut builder = Builder::<D>::new(url).connect_timeout(CONNECT_TIMEOUT).response_timeout(UNLIMITED);
        if let Some(table) = table {
            builder = builder.table(table);
        }
        let mut options = builder.budget(UNLIMITED).options()?;
        Ok(Self { connection: D::connect(&mut options)?, options })
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
        Ok(Comparison::new::<D>(Found::query(self)?.as_ref(), self.table()))
    }

    /// Carries out a cure beside an application that goes on: whoever waits for the lock of the table makes the others wait,
    /// too. In MySQL it steps back after a quarter of a second each time, and tries again for `patience`; in PostgreSQL it waits
    /// for `patience`. `may_block` lets the server copy the table, while every writer waits. `progress` is called with the part
    /// that is done, where the server tells it.
    ///
    /// # Errors
    /// [`MaintenanceError`] if the server refuses; then the statement changed nothing. It [is busy](MaintenanceError::is_busy)
    /// if others held the table for so long. MySQL's code is 1845 or 1846 if the server would have to block writers.
    pub fn cure(
        &mut self,
        cure: &Cure,
        may_block: bool,
        patience: Duration,
        mut progress: impl FnMut(f64) + Send,
    ) -> Result<(), MaintenanceError> {
        let statements = cure.statements(may_block);
        statements.iter().try_for_each(|statement| D::cure(self, statement, patience, &mut progress))
    }

    /// Executes a statement without a time limit.
    ///
    /// # Errors
    /// [`MaintenanceError`] with the server's reply if it refuses.
    pub fn execute(&mut self, statement: &str) -> Result<(), MaintenanceError> {
        Ok(D::rows(&mut self.connection, statement).map(drop)?)
    }

    /// What the server says of itself.
    ///
    /// # Errors
    /// [`MaintenanceError`] if the server cannot be asked.
    pub fn server(&mut self) -> Result<D::ServerState, MaintenanceError> {
        D::server(self)
    }

    /// The next families of owners behind this one, at most a thousand: what must be revoked to end all sessions.
    ///
    /// # Errors
    /// [`MaintenanceError`] if the server cannot be asked.
    pub fn owners_after(&mut self, after: Option<Family>) -> Result<Vec<Family>, MaintenanceError> {
        const MISSING: &str = "the families";
        // The highest bit says that a family is owned.
        let after = after.map_or_else(|| format!("7f{}", "f".repeat(30)), |family| hex(&family));
        let text = format!(
            "SELECT {} FROM (SELECT DISTINCT family FROM {{table}} WHERE family>{} ORDER BY family LIMIT 1000) page \
             ORDER BY family",
            D::FAMILY_IN_HEX,
            D::bytes(&after)
        );
        let families = self.ask(&text, MISSING)?.into_iter().map(|[hex]| family(&hex?));
        families.collect::<Option<_>>().ok_or(MaintenanceError::unexpected_reply(MISSING))
    }

    /// Removes every row of a family: what a trial leaves behind.
    ///
    /// # Errors
    /// [`MaintenanceError`] if the server refuses.
    pub fn forget(&mut self, family: &Family) -> Result<(), MaintenanceError> {
        let table = self.table().quoted::<D>();
        self.execute(&format!("DELETE FROM {table} WHERE family={}", D::bytes(&hex(family))))
    }

    /// Removes all expired sessions, at most `batch` rows at a time. Each batch is a transaction of its own that waits for no
    /// live session. `progress` is called after each batch with the number of rows removed so far; the last one is returned.
    ///
    /// # Errors
    /// [`MaintenanceError`] if the server refuses. What was removed before stays removed.
    pub fn collect(&mut self, batch: u32, mut progress: impl FnMut(u64)) -> Result<u64, MaintenanceError> {
        let mut removed = 0;
        loop {
            // A deletion that runs out of expired rows would lock the next live one in MySQL, so they are counted first.
            let found = match self.count_expired(batch.max(1))? {
                0 => 0,
                expired => D::send(&mut self.connection, &self.options.sql.sweep(expired))?.changed()?,
            };
            // Those that are left are in the hands of others.
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
}

/// For the databases.
impl<D: Maintained> Maintenance<D> {
    /// The table.
    #[must_use]
    pub const fn table(&self) -> &Table {
        &self.options.table
    }

    /// The connection, and what it was made of.
    pub const fn parts(&mut self) -> (&mut ConnectionOf<D>, &mut StoreOptions) {
        (&mut self.connection, &mut self.options)
    }

    /// Asks what has the same parts as the [texts](crate::Dialect::TEXTS) of the dialect. Returns rows of so many values.
    ///
    /// # Errors
    /// [`MaintenanceError`] if the server cannot be asked, or a row has fewer or more values; then this is `missing`.
    pub fn ask<const N: usize>(
        &mut self,
        text: &str,
        missing: &'static str,
    ) -> Result<Vec<[Option<String>; N]>, MaintenanceError> {
        let text = complete::<D>(text, &self.options.table);
        let rows = D::rows(&mut self.connection, &text)?.into_iter().map(TryInto::try_into);
        rows.collect::<Result<_, _>>().map_err(|_| MaintenanceError::unexpected_reply(missing))
    }

    pub(super) fn count_expired(&mut self, most: u32) -> Result<u32, MaintenanceError> {
        Ok(D::send(&mut self.connection, &self.options.sql.count_expired(most))?.count()?)
    }
}

impl<D: Maintained> fmt::Debug for Maintenance<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Maintenance").field("table", self.table()).finish_non_exhaustive()
    }
}

fn hex(family: &Family) -> String {
    family.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn family(hex: &str) -> Option<Family> {
    let bytes = (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok());
    Some(Family::from_bytes(bytes.collect::<Option<Vec<_>>>()?.try_into().ok()?))
}
