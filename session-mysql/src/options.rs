use std::time::Duration;

use crate::{BuildError, Schema, protocol::Sql, servers::ServerAddress, sweeping::Sweeping};

/// Where a store finds its server and its table, and what it does there.
pub(crate) struct StoreOptions {
    pub(crate) server: ServerAddress,
    pub(crate) schema: Schema,
    pub(crate) sql: Sql,
    pub(crate) limits: Limits,
    pub(crate) create_table: bool,
    pub(crate) sweeping: Option<Sweeping>,
}

/// How long a store waits, and how many connections it has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) connect_timeout: Duration,
    pub(crate) response_timeout: Duration,
    pub(crate) budget: Duration,
    pub(crate) pool_size: u32,
    pub(crate) connection_lifetime: Duration,
}

impl Limits {
    /// How long the client waits for a reply.
    pub(crate) fn patience(&self) -> Duration {
        self.budget.min(self.response_timeout)
    }

    /// # Errors
    /// [`BuildError::Zero`] if one of them is zero.
    pub(crate) fn check(&self) -> Result<(), BuildError> {
        let fields = [
            ("connect_timeout", self.connect_timeout.is_zero()),
            ("response_timeout", self.response_timeout.is_zero()),
            ("budget", self.budget.is_zero()),
            ("pool_size", self.pool_size == 0),
            ("connection_lifetime", self.connection_lifetime.is_zero()),
        ];
        let zero = fields.into_iter().find(|(_, is_zero)| *is_zero);
        zero.map_or(Ok(()), |(field, _)| Err(BuildError::Zero { field }))
    }
}
