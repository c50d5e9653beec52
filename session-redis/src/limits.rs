use std::time::Duration;

use crate::{
    BuildError,
    retry::{BUDGET, CONNECT_TIMEOUT, LIFETIME, MAX_IN_FLIGHT, POOL_SIZE, RESPONSE_TIMEOUT},
};

/// How long a store waits, and how many connections it has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) connect_timeout: Duration,
    pub(crate) response_timeout: Duration,
    pub(crate) budget: Duration,
    pub(crate) pool_size: u32,
    pub(crate) connection_lifetime: Duration,
    pub(crate) max_in_flight: u32,
}

/// The limits that a URL or a program sets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct LimitSettings {
    pub(crate) connect_timeout: Option<Duration>,
    pub(crate) response_timeout: Option<Duration>,
    pub(crate) budget: Option<Duration>,
    pub(crate) pool_size: Option<u32>,
    pub(crate) connection_lifetime: Option<Duration>,
    pub(crate) max_in_flight: Option<u32>,
}

impl LimitSettings {
    /// These, then the others, then the defaults.
    ///
    /// # Errors
    /// [`BuildError::Zero`] if one of them is zero.
    pub(crate) fn complete(self, others: Self) -> Result<Limits, BuildError> {
        let limits = Limits {
            connect_timeout: self.connect_timeout.or(others.connect_timeout).unwrap_or(CONNECT_TIMEOUT),
            response_timeout: self.response_timeout.or(others.response_timeout).unwrap_or(RESPONSE_TIMEOUT),
            budget: self.budget.or(others.budget).unwrap_or(BUDGET),
            pool_size: self.pool_size.or(others.pool_size).unwrap_or(POOL_SIZE),
            connection_lifetime: self.connection_lifetime.or(others.connection_lifetime).unwrap_or(LIFETIME),
            max_in_flight: self.max_in_flight.or(others.max_in_flight).unwrap_or(MAX_IN_FLIGHT),
        };
        let fields = [
            ("connect_timeout", limits.connect_timeout.is_zero()),
            ("response_timeout", limits.response_timeout.is_zero()),
            ("budget", limits.budget.is_zero()),
            ("pool_size", limits.pool_size == 0),
            ("connection_lifetime", limits.connection_lifetime.is_zero()),
            ("max_in_flight", limits.max_in_flight == 0),
        ];
        let zero = fields.into_iter().find(|(_, is_zero)| *is_zero);
        zero.map_or(Ok(limits), |(field, _)| Err(BuildError::Zero { field }))
    }
}
