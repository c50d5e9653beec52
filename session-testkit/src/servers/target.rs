use std::{env, sync::OnceLock};

use super::{MariaDb, RedisCluster, RedisServer, SentinelTrio, ServerError};
use crate::{OpenError, required::is_required};

/// The server that all tests of this program share: one of its own, or whatever an environment variable points at.
///
/// A test keeps to a prefix or a database that no other uses. One that kills, freezes or configures starts a server
/// of its own.
///
/// ```no_run
/// use session_testkit::{OpenError, servers::Target};
///
/// fn open() -> Result<(), OpenError> {
///     let target = Target::redis()?;
///     println!("{}, ours: {}", target.url(), target.server().is_some());
///     Ok(())
/// }
/// ```
#[derive(Debug)]
pub struct Target<S> {
    url: String,
    server: Option<S>,
}

/// What became of the one try to start a shared server.
type Shared<S> = OnceLock<Result<Target<S>, (Absence, String)>>;

#[derive(Debug, Clone, Copy)]
enum Absence {
    Missing(&'static str),
    Failed,
}

impl<S> Target<S> {
    /// What the store under test connects to.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The server itself, unless the environment points elsewhere.
    #[must_use]
    pub const fn server(&self) -> Option<&S> {
        self.server.as_ref()
    }

    fn shared(
        cell: &'static Shared<S>,
        variable: &str,
        start: impl FnOnce() -> Result<S, ServerError>,
        url: impl FnOnce(&S) -> String,
    ) -> Result<&'static Self, OpenError> {
        let found = cell.get_or_init(|| {
            if let Some(url) = env::var(variable).ok().filter(|url| !url.is_empty()) {
                return Ok(Self { url, server: None });
            }
            let server = start().map_err(|error| {
                let absence = match error {
                    ServerError::Missing { kind, .. } => Absence::Missing(kind),
                    _ => Absence::Failed,
                };
                (absence, format!("{error}, or point {variable} at a server"))
            })?;
            Ok(Self { url: url(&server), server: Some(server) })
        });
        match found {
            Ok(target) => Ok(target),
            Err((Absence::Missing(kind), reason)) if !is_required(kind) => Err(OpenError::absent(reason)),
            Err((_, reason)) => Err(reason.as_str().into()),
        }
    }
}

impl Target<RedisServer> {
    /// A single redis: the one at `SESSION_TEST_REDIS_URL`, or a plain one of our own.
    ///
    /// # Errors
    /// Absent when neither is there and `SESSION_TEST_REQUIRE` does not list `redis`; a failure otherwise.
    pub fn redis() -> Result<&'static Self, OpenError> {
        static CELL: Shared<RedisServer> = OnceLock::new();
        Self::shared(&CELL, "SESSION_TEST_REDIS_URL", RedisServer::start, RedisServer::url)
    }

    /// A redis that speaks TLS: the one at `SESSION_TEST_REDIS_TLS_URL`, or one of our own.
    ///
    /// # Errors
    /// As [`redis`](Self::redis).
    pub fn redis_tls() -> Result<&'static Self, OpenError> {
        static CELL: Shared<RedisServer> = OnceLock::new();
        let start = || RedisServer::builder().tls().start();
        Self::shared(&CELL, "SESSION_TEST_REDIS_TLS_URL", start, RedisServer::url)
    }
}

impl Target<SentinelTrio> {
    /// A redis behind sentinels: the one at `SESSION_TEST_REDIS_SENTINEL_URL`, or one of our own.
    ///
    /// # Errors
    /// As [`redis`](Target::redis).
    pub fn redis_sentinel() -> Result<&'static Self, OpenError> {
        static CELL: Shared<SentinelTrio> = OnceLock::new();
        Self::shared(&CELL, "SESSION_TEST_REDIS_SENTINEL_URL", SentinelTrio::start, SentinelTrio::url)
    }
}

impl Target<RedisCluster> {
    /// A redis cluster: the one at `SESSION_TEST_REDIS_CLUSTER_URL`, or one of our own.
    ///
    /// # Errors
    /// As [`redis`](Target::redis).
    pub fn redis_cluster() -> Result<&'static Self, OpenError> {
        static CELL: Shared<RedisCluster> = OnceLock::new();
        Self::shared(&CELL, "SESSION_TEST_REDIS_CLUSTER_URL", RedisCluster::start, RedisCluster::url)
    }
}

impl Target<MariaDb> {
    /// A MySQL or MariaDB: the one at `SESSION_TEST_MYSQL_URL`, or a MariaDB of our own.
    ///
    /// # Errors
    /// As [`redis`](Target::redis), with `mysql` in the list.
    pub fn mysql() -> Result<&'static Self, OpenError> {
        static CELL: Shared<MariaDb> = OnceLock::new();
        Self::shared(&CELL, "SESSION_TEST_MYSQL_URL", MariaDb::start, MariaDb::url)
    }
}
