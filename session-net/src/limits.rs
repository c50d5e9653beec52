use std::time::Duration;

use crate::{ParameterError, Parameters};

/// How long a store waits, and how many connections it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "each store gives all of them as its defaults")]
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
///
/// ```
/// use session_net::{LimitSettings, Parameters};
/// use std::time::Duration;
///
/// let mut parameters = Parameters::parse("connect-timeout=2s&pool_size=4", &[])?;
/// let limits = LimitSettings::take(&mut parameters)?;
/// assert_eq!((limits.connect_timeout, limits.pool_size), (Some(Duration::from_secs(2)), Some(4)));
/// # Ok::<(), session_net::ParameterError>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "each builder sets them one by one")]
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
    /// Returns how long the client waits for a reply.
    #[must_use]
    pub fn patience(&self) -> Duration {
        self.budget.min(self.response_timeout)
    }
}

impl LimitSettings {
    /// Takes the parameters of a URL that have the names of the fields.
    ///
    /// # Errors
    /// [`ParameterError`] if one is there twice, or is no time or number.
    pub fn take(parameters: &mut Parameters) -> Result<Self, ParameterError> {
        Ok(Self {
            connect_timeout: parameters.duration("connect_timeout")?,
            response_timeout: parameters.duration("response_timeout")?,
            budget: parameters.duration("budget")?,
            pool_size: parameters.number("pool_size")?,
            connection_lifetime: parameters.duration("connection_lifetime")?,
        })
    }

    /// Returns these, then the others, then the defaults.
    ///
    /// # Errors
    /// The name of a field that is zero.
    pub fn complete(self, others: Self, defaults: Limits) -> Result<Limits, &'static str> {
        let lifetime = self.connection_lifetime.or(others.connection_lifetime);
        let response_timeout = self.response_timeout.or(others.response_timeout);
        let limits = Limits {
            connect_timeout: self
                .connect_timeout
                .or(others.connect_timeout)
                .unwrap_or(defaults.connect_timeout),
            response_timeout: response_timeout.unwrap_or(defaults.response_timeout),
            budget: self.budget.or(others.budget).unwrap_or(defaults.budget),
            pool_size: self.pool_size.or(others.pool_size).unwrap_or(defaults.pool_size),
            connection_lifetime: lifetime.unwrap_or(defaults.connection_lifetime),
        };
        let fields = [
            ("connect_timeout", limits.connect_timeout.is_zero()),
            ("response_timeout", limits.response_timeout.is_zero()),
            ("budget", limits.budget.is_zero()),
            ("pool_size", limits.pool_size == 0),
            ("connection_lifetime", limits.connection_lifetime.is_zero()),
        ];
        let zero = fields.into_iter().find(|(_, is_zero)| *is_zero);
        zero.map_or(Ok(limits), |(field, _)| Err(field))
    }
}
