//! Creating the table, checking it and cleaning it up: what an operator does with `session-setup`, or an application when it is
//! deployed. It needs the feature `blocking`.
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use alo_session::postgres::maintenance::Maintenance;
//!
//! let mut maintenance = Maintenance::connect("postgres://admin:secret@127.0.0.1/shop", None)?;
//! let compared = maintenance.compare()?;
//! for difference in compared.differences() {
//!     println!("{difference}");
//! }
//! if let Some(cure) = compared.cure() {
//!     maintenance.cure(cure, false, Duration::from_secs(30), |_| {})?;
//! }
//! # Ok::<(), alo_session::postgres::maintenance::MaintenanceError>(())
//! ```

mod catalogue;
mod server_state;

use std::time::{Duration, Instant};

pub use session_sql::maintenance::{Comparison, Cure, Difference, Estimate, MaintenanceError, Origin, Stats};
use session_sql::{
    Client as _, ErrorKind, Limit, Reply, Statement, StoreOptions, Table,
    maintenance::{self, Maintained, TextRow},
};

pub use self::server_state::ServerState;
use crate::{
    Postgres,
    blocking::{Connection, ThreadClient},
    url::PREPARED,
};

/// Longer than any statement takes.
const UNLIMITED: Duration = Duration::from_hours(24 * 365);

/// A connection for maintenance.
pub type Maintenance = maintenance::Maintenance<Postgres>;

impl Maintained for Postgres {
    type ServerState = ServerState;

    const FAMILY_IN_HEX: &'static str = "encode(family,'hex')";

    fn bytes(hex: &str) -> String {
        format!("E'\\\\x{hex}'::bytea")
    }

    fn size(table: &Table) -> [String; 2] {
        let table = table.quoted::<Self>();
        [
            format!(
                "(SELECT greatest(n_live_tup,0) FROM pg_stat_user_tables WHERE relid='{table}'::regclass)"
            ),
            format!("pg_total_relation_size('{table}')"),
        ]
    }

    fn connect(options: &mut StoreOptions) -> Result<Connection, MaintenanceError> {
        // Nothing is set on the connection: its limits would be those of a store.
        let parameters = &mut options.server.parameters;
        parameters.retain(|(name, _)| *name != PREPARED);
        parameters.push((PREPARED, "never".to_owned()));
        let client = ThreadClient::new(options)?;
        Ok(client.connect_now(Instant::now() + options.limits.connect_timeout)?)
    }

    fn rows(connection: &mut Connection, text: &str) -> Result<Vec<TextRow>, ErrorKind> {
        let Connection { link, socket } = connection;
        socket.run(link.rows(text), Instant::now() + UNLIMITED, Limit::Response)
    }

    fn send(connection: &mut Connection, statement: &Statement<'_>) -> Result<Reply, ErrorKind> {
        let Connection { link, socket } = connection;
        socket.run(link.send(statement), Instant::now() + UNLIMITED, Limit::Response)
    }

    fn server(maintenance: &mut Maintenance) -> Result<ServerState, MaintenanceError> {
        ServerState::query(maintenance)
    }

    fn cure(
        maintenance: &mut Maintenance,
        statement: &str,
        patience: Duration,
        _: &mut (impl FnMut(f64) + Send),
    ) -> Result<(), MaintenanceError> {
        // An index that is made beside the writers cannot be a part of a transaction, and holds up nobody.
        if statement.contains("CONCURRENTLY") {
            return maintenance.execute(statement);
        }
        let millis = patience.as_millis().max(1);
        let text = format!("BEGIN; SET LOCAL lock_timeout={millis}; {statement}; COMMIT");
        maintenance.execute(&text).map_err(|error| {
            let _ = maintenance.execute("ROLLBACK");
            let is_busy = error.state() == Some("55P03");
            if is_busy { MaintenanceError::busy(patience, "pg_locks") } else { error }
        })
    }
}
