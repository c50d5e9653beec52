use std::collections::BTreeMap;

use mysql::{Conn, Row, prelude::Queryable as _};

use session_sql::maintenance::{Maintenance, MaintenanceError};

use crate::Mysql;

/// What the server says of itself, as far as this account may know.
///
/// Not exhaustive, because the server knows more.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerState {
    /// The version, such as `10.11.6-MariaDB`.
    pub version: String,
    /// Whether the server follows another one; `None` if the account may not ask.
    pub is_replica: Option<bool>,
    /// The state and the role of this member of a replication group, in lower case; `None` without a group.
    pub group: Option<(String, String)>,
    /// Variables and status values that matter, by their names in lower case. A server leaves out what it does not have.
    pub variables: BTreeMap<String, String>,
}

const VARIABLES: &str = "'read_only','super_read_only','innodb_read_only','offline_mode','log_bin','binlog_format',\
    'max_allowed_packet','event_scheduler','require_secure_transport','transaction_isolation','tx_isolation',\
    'wsrep_on','wsrep_sync_wait','version_comment'";
const STATUS: &str =
    "'Ssl_cipher','wsrep_cluster_status','wsrep_ready','wsrep_cluster_size','wsrep_local_state_comment'";

impl ServerState {
    pub(super) fn query(maintenance: &mut Maintenance<Mysql>) -> Result<Self, MaintenanceError> {
        const MISSING: &str = "its version";
        let version = maintenance.ask("SELECT VERSION()", MISSING)?.into_iter().find_map(|[version]| version);
        let mut variables = BTreeMap::new();
        for (what, names) in [("VARIABLES", VARIABLES), ("STATUS", STATUS)] {
            let question = format!("SHOW SESSION {what} WHERE Variable_name IN ({names})");
            let rows: Vec<[Option<String>; 2]> = maintenance.ask(&question, "its variables")?;
            let pairs =
                rows.into_iter().filter_map(|[name, value]| Some((name?.to_ascii_lowercase(), value?)));
            variables.extend(pairs);
        }
        let conn = &mut maintenance.parts().0.conn;
        Ok(Self {
            version: version.ok_or(MaintenanceError::unexpected_reply(MISSING))?,
            is_replica: is_replica(conn),
            group: group(conn),
            variables,
        })
    }

    /// Returns a variable or a status value by its name in lower case; `None` if the server has none of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str)
    }

    /// Returns whether a variable is on.
    #[must_use]
    pub fn is_on(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| matches!(value.to_ascii_uppercase().as_str(), "ON" | "1" | "YES"))
    }
}

/// A server that was promoted may still know its old master, whose threads do not run then.
fn is_replica(conn: &mut Conn) -> Option<bool> {
    // MariaDB's list of all connections, MySQL's since 8.0.22, and what both had before.
    let questions = ["SHOW ALL SLAVES STATUS", "SHOW REPLICA STATUS", "SHOW SLAVE STATUS"];
    let rows: Vec<Row> = questions.into_iter().find_map(|question| conn.query(question).ok())?;
    Some(rows.iter().any(|row| {
        let runs = |suffix: &str| {
            let column = row.columns_ref().iter().position(|column| column.name_str().ends_with(suffix));
            let value = column.and_then(|at| row.get_opt::<String, _>(at)).and_then(Result::ok);
            value.is_some_and(|value| value != "No")
        };
        runs("_IO_Running") || runs("_SQL_Running")
    }))
}

fn group(conn: &mut Conn) -> Option<(String, String)> {
    let question = "SELECT LOWER(member_state), LOWER(member_role) FROM performance_schema.replication_group_members \
                    WHERE member_id=@@server_uuid";
    conn.query_first(question).ok().flatten()
}
