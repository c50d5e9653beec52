use std::{fmt, thread, time::Duration};

use mysql::{Conn, Row, prelude::Queryable as _};

use super::{
    Difference, EventState, MaintenanceError, Stats,
    difference::compare,
    found::{Column, Found},
};
use crate::{Builder, Schema, blocking, protocol::sql::NOW, sweeping::PAUSE};

/// A connection for looking after the table, with no limit of time on what it is told to do: to change a large table takes
/// as long as it takes.
///
/// Its account needs more privileges than that of an application: those of the statements that it executes, and
/// `SELECT` for what it looks at.
pub struct Maintenance {
    connection: Conn,
    schema: Schema,
}

impl Maintenance {
    /// To the server at the URL of the store; the table is that of the URL, or `alo_session`, unless it is given.
    ///
    /// # Errors
    /// [`MaintenanceError`] if the URL or the name cannot be read, or the server cannot be reached.
    pub fn connect(url: &str, table: Option<&str>) -> Result<Self, MaintenanceError> {
        let mut builder = Builder::new(url).connect_timeout(Duration::from_secs(5));
        if let Some(table) = table {
            builder = builder.table(table);
        }
        let settings = builder.settings()?;
        let connection = Conn::new(blocking::unhurried(&settings))?;
        Ok(Self { connection, schema: settings.schema })
    }

    /// What the table has to be.
    #[must_use]
    pub const fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The least that an application's account `'user'@'host'` needs, with the database in it.
    ///
    /// # Errors
    /// [`MaintenanceError`] if the server cannot be asked.
    pub fn grant(&mut self, user: &str, host: &str) -> Result<String, MaintenanceError> {
        let current: Option<Option<String>> = self.connection.query_first("SELECT DATABASE()")?;
        let whole = match (self.schema.database(), current.flatten()) {
            (None, Some(database)) => Schema::new(&format!("{database}.{}", self.schema.table_name())).ok(),
            _ => None,
        };
        Ok(whole.as_ref().unwrap_or(&self.schema).grant(user, host))
    }

    /// Everything in which the table is not as it must be, in the order in which to cure it. None means that it is
    /// ready.
    ///
    /// # Errors
    /// [`MaintenanceError`] if the server cannot be asked.
    pub fn differences(&mut self) -> Result<Vec<Difference>, MaintenanceError> {
        let found = self.found()?;
        Ok(compare(found.as_ref(), &self.schema))
    }

    /// Has the server execute a statement, such as the cure of a difference, however long it takes.
    ///
    /// # Errors
    /// [`MaintenanceError`] with the server's answer if it refuses.
    pub fn execute(&mut self, statement: &str) -> Result<(), MaintenanceError> {
        Ok(self.connection.query_drop(statement)?)
    }

    /// What the server calls itself, such as `10.11.6-MariaDB`.
    ///
    /// # Errors
    /// [`MaintenanceError`] if the server cannot be asked.
    pub fn server(&mut self) -> Result<String, MaintenanceError> {
        let version: Option<String> = self.connection.query_first("SELECT VERSION()")?;
        version.ok_or(MaintenanceError::answer("its version"))
    }

    /// By which [`progress_of`](Self::progress_of) on another connection knows this one.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.connection.connection_id()
    }

    /// How far another connection is with the statement that it executes, from 0 to 1, where the server tells: MariaDB
    /// does for `ALTER TABLE`.
    ///
    /// # Errors
    /// [`MaintenanceError`] if the server cannot be asked, as one that knows no progress.
    pub fn progress_of(&mut self, id: u32) -> Result<Option<f64>, MaintenanceError> {
        let row: Option<(f64, f64, f64)> = self.connection.exec_first(
            "SELECT CAST(stage AS DOUBLE), CAST(max_stage AS DOUBLE), CAST(progress AS DOUBLE) \
             FROM information_schema.processlist WHERE id=? AND max_stage>0",
            (id,),
        )?;
        Ok(row.map(|(stage, stages, percent)| ((stage - 1.0).max(0.0) + percent / 100.0) / stages))
    }

    /// The state of the event that collects garbage.
    ///
    /// # Errors
    /// [`MaintenanceError`] if the server cannot be asked.
    pub fn event(&mut self) -> Result<EventState, MaintenanceError> {
        let scheduler: Option<String> = self.connection.query_first("SELECT @@GLOBAL.event_scheduler")?;
        let is_scheduled = scheduler.is_some_and(|state| matches!(state.as_str(), "ON" | "1"));
        // Seconds only: that is what this library makes.
        let row: Option<(Option<String>, String)> = self.connection.exec_first(
            "SELECT CAST(interval_value AS CHAR), status FROM information_schema.events \
             WHERE event_schema=COALESCE(?, DATABASE()) AND event_name=? AND interval_field='SECOND'",
            (self.schema.database(), self.schema.event_name()),
        )?;
        let (every, is_enabled) = match row {
            Some((seconds, status)) => {
                let seconds = seconds.and_then(|seconds| seconds.parse().ok());
                (seconds.map(Duration::from_secs), status == "ENABLED")
            }
            None => (None, false),
        };
        Ok(EventState { every, is_enabled, is_scheduled })
    }

    /// Removes what has expired, so many rows at a time, each batch a transaction of its own that waits for nobody's
    /// session; after each it says how many rows are gone so far. Answers how many that were.
    ///
    /// # Errors
    /// [`MaintenanceError`] if the server refuses; what was removed before stays removed.
    pub fn collect(&mut self, batch: u32, mut progress: impl FnMut(u64)) -> Result<u64, MaintenanceError> {
        let table = self.schema.table();
        // A deletion that runs out of expired rows would lock the next live one, so they are counted first.
        let count = format!(
            "SELECT COUNT(*) FROM (SELECT 1 FROM {table} WHERE expires_at<={NOW} LIMIT {}) AS expired",
            batch.max(1)
        );
        let delete = format!("DELETE FROM {table} WHERE expires_at<={NOW} ORDER BY expires_at LIMIT ");
        let mut removed = 0;
        loop {
            let found: u64 =
                self.connection.query_first(&count)?.ok_or(MaintenanceError::answer("a count"))?;
            if found == 0 {
                return Ok(removed);
            }
            self.connection.query_drop(format!("{delete}{found}"))?;
            removed += self.connection.affected_rows();
            progress(removed);
            thread::sleep(PAUSE);
        }
    }

    /// Counts what is in the table, which reads all of its keys once and locks nothing.
    ///
    /// # Errors
    /// [`MaintenanceError`] if the server cannot be asked, or there is no table.
    pub fn stats(&mut self) -> Result<Stats, MaintenanceError> {
        let live = format!("expires_at>{NOW}");
        // The row that an owner's transactions lock is no session.
        let counted: Option<(u64, u64, u64, Option<i64>)> = self.connection.query_first(format!(
            "SELECT CAST(COALESCE(SUM({live}),0) AS UNSIGNED),CAST(COALESCE(SUM({live} AND owned=1),0) AS UNSIGNED),\
             CAST(COALESCE(SUM(NOT {live}),0) AS UNSIGNED),{NOW}-MIN(CASE WHEN {live} THEN created_at END) \
             FROM {} WHERE digest<>REPEAT(CHAR(0),32)",
            self.schema.table()
        ))?;
        let (live, owned, expired, age) =
            counted.ok_or(MaintenanceError::answer("the counts of the table"))?;
        let bytes: Option<u64> = self.connection.exec_first(
            "SELECT CAST(COALESCE(data_length+index_length,0) AS UNSIGNED) FROM information_schema.tables \
             WHERE table_schema=COALESCE(?, DATABASE()) AND table_name=?",
            (self.schema.database(), self.schema.table_name()),
        )?;
        let oldest = age.and_then(|age| u64::try_from(age).ok()).map(Duration::from_millis);
        Ok(Stats { live, owned, expired, oldest, bytes: bytes.unwrap_or(0) })
    }

    fn found(&mut self) -> Result<Option<Found>, MaintenanceError> {
        let table = (self.schema.database().map(str::to_owned), self.schema.table_name().to_owned());
        let place = "table_schema=COALESCE(?, DATABASE()) AND table_name=?";
        let described: Option<(Option<String>, String)> = self.connection.exec_first(
            format!("SELECT engine, table_comment FROM information_schema.tables WHERE {place}"),
            &table,
        )?;
        let Some((engine, comment)) = described else { return Ok(None) };
        let columns: Vec<Row> = self.connection.exec(
            format!(
                "SELECT column_name, CAST(column_type AS CHAR), is_nullable, column_default IS NOT NULL \
                 OR extra LIKE '%auto_increment%' OR extra LIKE '%GENERATED%' \
                 FROM information_schema.columns WHERE {place} ORDER BY ordinal_position"
            ),
            &table,
        )?;
        let columns = columns.into_iter().map(column).collect::<Option<_>>();
        let keys: Vec<(String, u64, String)> = self.connection.exec(
            format!(
                "SELECT index_name, CAST(seq_in_index AS UNSIGNED), column_name FROM information_schema.statistics \
                 WHERE {place} ORDER BY index_name, seq_in_index"
            ),
            &table,
        )?;
        let of = |wanted: fn(&(String, u64, String)) -> bool| {
            keys.iter().filter(|key| wanted(key)).map(|(_, _, column)| column.clone()).collect()
        };
        Ok(Some(Found {
            engine: engine.unwrap_or_default(),
            comment,
            columns: columns.ok_or(MaintenanceError::answer("the columns of the table"))?,
            primary: of(|(index, _, _)| index == "PRIMARY"),
            indexed: of(|(index, position, _)| index != "PRIMARY" && *position == 1),
        }))
    }
}

fn column(row: Row) -> Option<Column> {
    let (name, kind, nullable, default): (String, String, String, bool) = mysql::from_row_opt(row).ok()?;
    let is_nullable = nullable == "YES";
    Some(Column::new(name, &kind, is_nullable, default || is_nullable))
}

impl fmt::Debug for Maintenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Maintenance").field("schema", &self.schema).finish_non_exhaustive()
    }
}
