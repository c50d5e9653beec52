use std::time::Duration;

use crate::{
    BuildError,
    retry::{BUDGET, CONNECT_TIMEOUT, CONNECTION_LIFETIME, POOL_SIZE, RESPONSE_TIMEOUT},
};

/// How long a store waits, and how many connections it has.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// For making a connection.
    pub connect_timeout: Duration,
    /// For one reply.
    pub response_timeout: Duration,
    /// For an operation in all.
    pub budget: Duration,
    /// The number of connections.
    pub pool_size: u32,
    /// How long a connection is used.
    pub connection_lifetime: Duration,
}

/// The limits that a URL or a program sets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LimitSettings {
    /// See [`Limits::connect_timeout`].
    pub connect_timeout: Option<Duration>,
    /// See [`Limits::response_timeout`].
    pub response_timeout: Option<Duration>,
    /// See [`Limits::budget`].
    pub budget: Option<Duration>,
    /// See [`Limits::pool_size`].
    pub pool_size: Option<u32>,
    /// See [`Limits::connection_lifetime`].
    pub connection_lifetime: Option<Duration>,
}

impl Limits {
    /// How long the client waits for a reply.
    #[must_use]
    pub fn patience(&self) -> Duration {
        self.budget.min(self.response_timeout)
    }
}

impl LimitSettings {
    /// These, then the others, then the defaults.
    ///
    /// # Errors
    /// [`BuildError::Zero`] if one of them is zero.
    pub fn complete(self, others: Self) -> Result<Limits, BuildError> {
        let lifetime = self.connection_lifetime.or(others.connection_lifetime);
        let limits = Limits {
            connect_timeout: self.connect_timeout.or(others.connect_timeout).unwrap_or(CONNECT_TIMEOUT),
            response_timeout: self.response_timeout.or(others.response_timeout).unwrap_or(RESPONSE_TIMEOUT),
            budget: self.budget.or(others.budget).unwrap_or(BUDGET),
            pool_size: self.pool_size.or(others.pool_size).unwrap_or(POOL_SIZE),
            connection_lifetime: lifetime.unwrap_or(CONNECTION_LIFETIME),
        };
        let fields = [
            ("connect_timeout", limits.connect_timeout.is_zero()),
            ("response_timeout", limits.response_timeout.is_zero()),
            ("budget", limits.budget.is_zero()),
            ("pool_size", limits.pool_size == 0),
            ("connection_lifetime", limits.connection_lifetime.is_zero()),
        ];
        let zero = fields.into_iter().find(|(_, is_zero)| *is_zero);
        zero.map_or(Ok(limits), |(field, _)| Err(BuildError::Zero { field }))
    }
}
