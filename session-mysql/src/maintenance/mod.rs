//! Creating the table, checking it and cleaning it up: what an operator does with `session-setup`, or an application when it is
//! deployed. It needs the feature `blocking`.
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use alo_session::mysql::maintenance::Maintenance;
//!
//! let mut maintenance = Maintenance::connect("mysql://admin:secret@127.0.0.1/shop", None)?;
//! let compared = maintenance.compare()?;
//! for difference in compared.differences() {
//!     println!("{difference}");
//! }
//! if let Some(cure) = compared.cure() {
//!     maintenance.cure(cure, false, Duration::from_secs(30), |_| {})?;
//! }
//! # Ok::<(), alo_session::mysql::maintenance::MaintenanceError>(())
//! ```

mod alter;
mod catalogue;
mod event_state;
mod server_state;

use std::time::Duration;

use mysql::{Value, prelude::Queryable as _};
pub use session_sql::maintenance::{Comparison, Cure, Difference, Estimate, MaintenanceError, Origin, Stats};
use session_sql::{
    ErrorKind, Reply, Statement, StoreOptions, Table,
    maintenance::{self, Maintained, TextRow},
};

pub use self::{event_state::EventState, server_state::ServerState};
use crate::{
    Mysql,
    blocking::{Connection, check, connect_without_timeouts, error_kind, exchange},
};

/// A connection for maintenance.
pub type Maintenance = maintenance::Maintenance<Mysql>;

impl Maintained for Mysql {
    type ServerState = ServerState;

    const FAMILY_IN_HEX: &'static str = "HEX(family)";
    const WITHOUT_BLOCKING: &'static str = ", ALGORITHM=INPLACE, LOCK=NONE";

    fn bytes(hex: &str) -> String {
        format!("x'{hex}'")
    }

    fn size(table: &Table) -> [String; 2] {
        let place = place("table", table);
        ["table_rows", "data_length+index_length"]
            .map(|value| format!("(SELECT {value} FROM information_schema.tables WHERE {place})"))
    }

    fn alter(table: &Table, changes: &[&str]) -> Vec<String> {
        vec![format!("ALTER TABLE {} {}", table.quoted::<Self>(), changes.join(", "))]
    }

    fn connect(options: &mut StoreOptions) -> Result<Connection, MaintenanceError> {
        check(options)?;
        Ok(connect_without_timeouts(options).map_err(error_kind)?)
    }

    fn rows(connection: &mut Connection, text: &str) -> Result<Vec<TextRow>, ErrorKind> {
        let rows: Vec<mysql::Row> = connection.conn.query(text).map_err(error_kind)?;
        let text = |value| match value {
            Value::NULL => None,
            Value::Bytes(bytes) => Some(String::from_utf8_lossy(&bytes).into_owned()),
            other => Some(other.as_sql(true)),
        };
        Ok(rows.into_iter().map(|row| row.unwrap().into_iter().map(text).collect()).collect())
    }

    fn send(connection: &mut Connection, statement: &Statement<'_>) -> Result<Reply, ErrorKind> {
        exchange(connection, statement).map_err(error_kind)
    }

    fn server(maintenance: &mut Maintenance) -> Result<ServerState, MaintenanceError> {
        ServerState::query(maintenance)
    }

    fn cure(
        maintenance: &mut Maintenance,
        statement: &str,
        patience: Duration,
        progress: &mut (impl FnMut(f64) + Send),
    ) -> Result<(), MaintenanceError> {
        if !statement.starts_with("ALTER") {
            return maintenance.execute(statement);
        }
        let (connection, options) = maintenance.parts();
        let mut observer = Self::connect(options)?;
        alter::alter(&mut connection.conn, &mut observer.conn, statement, patience, progress)
    }
}

/// Finds something in `information_schema` by its name.
pub(crate) fn place(kind: &str, Table { database, name }: &Table) -> String {
    let database = database.as_ref().map_or_else(|| "DATABASE()".to_owned(), |name| format!("'{name}'"));
    format!("{kind}_schema={database} AND {kind}_name='{name}'")
}
