use std::time::Duration;

use crate::{
    Schema,
    protocol::{sql::Sql, table::Table},
    servers::server_address::Address,
    sweeping::Sweeping,
};

/// How a store reaches its server, and what it does there.
pub(crate) struct Settings {
    pub(crate) address: Address,
    pub(crate) table: Table,
    pub(crate) schema: Schema,
    pub(crate) sql: Sql,
    pub(crate) connect_timeout: Duration,
    pub(crate) response_timeout: Duration,
    pub(crate) budget: Duration,
    pub(crate) pool_size: u32,
    pub(crate) create_table: bool,
    pub(crate) sweeping: Option<Sweeping>,
}

impl Settings {
    /// What each new connection is told first. Nothing depends on how the server is set up.
    pub(crate) fn greeting(&self) -> Vec<String> {
        // Before the budget is over, so that the server's answer comes first where a second is short enough.
        let wait = (self.budget.as_secs() / 2).max(1);
        vec![
            "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED".to_owned(),
            format!(
                "SET SESSION autocommit=1,sql_mode='STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION',\
                 innodb_lock_wait_timeout={wait}"
            ),
        ]
    }
}

/// A connection that was idle for longer is asked whether it is still there.
pub(crate) const PING_AFTER: Duration = Duration::from_secs(30);
