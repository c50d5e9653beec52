use std::{env, sync::OnceLock};

use crate::{MariaDb, PgBouncer, Postgres, RedisCluster, RedisServer, SentinelTrio, ServerError};

/// The server that all tests of this program share: one of its own, or the one that an environment variable names.
///
/// A test must keep to a prefix or a database of its own. A test that kills, freezes or configures a server must start
/// one of its own.
///
/// ```no_run
/// use session_testservers::Target;
///
/// let target = Target::redis()?;
/// println!("{}, started here: {}", target.url(), target.server().is_some());
/// # Ok::<(), session_testservers::ServerError>(())
/// ```
#[derive(Debug)]
pub struct Target<S> {
    url: String,
    server: Option<S>,
}

/// The result of the one attempt to start a shared server.
type Shared<S> = OnceLock<Result<Target<S>, ServerError>>;

impl<S> Target<S> {
    /// The URL that the store under test connects to.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The server itself, or `None` if an environment variable names another one.
    #[must_use]
    pub const fn server(&self) -> Option<&S> {
        self.server.as_ref()
    }

    fn shared(
        cell: &'static Shared<S>,
        variable: &str,
        start: impl FnOnce() -> Result<S, ServerError>,
        url: impl FnOnce(&S) -> String,
    ) -> Result<&'static Self, ServerError> {
        let found = cell.get_or_init(|| {
            if let Some(url) = env::var(variable).ok().filter(|url| !url.is_empty()) {
                return Ok(Self { url, server: None });
            }
            let server = start().map_err(|error| error.or_set(variable))?;
            Ok(Self { url: url(&server), server: Some(server) })
        });
        found.as_ref().map_err(Clone::clone)
    }
}

impl Target<RedisServer> {
    /// A single Redis: the one at `SESSION_TEST_REDIS_URL`, or one that is started.
    ///
    /// # Errors
    /// When the variable is not set and no server can be started.
    pub fn redis() -> Result<&'static Self, ServerError> {
        static CELL: Shared<RedisServer> = OnceLock::new();
        Self::shared(&CELL, "SESSION_TEST_REDIS_URL", RedisServer::start, RedisServer::url)
    }

    /// A Redis with TLS: the one at `SESSION_TEST_REDIS_TLS_URL`, or one that is started.
    ///
    /// # Errors
    /// See [`redis`](Self::redis).
    pub fn redis_tls() -> Result<&'static Self, ServerError> {
        static CELL: Shared<RedisServer> = OnceLock::new();
        let start = || RedisServer::builder().tls().start();
        Self::shared(&CELL, "SESSION_TEST_REDIS_TLS_URL", start, RedisServer::url)
    }
}

impl Target<SentinelTrio> {
    /// A Redis behind Sentinel: the one at `SESSION_TEST_REDIS_SENTINEL_URL`, or one that is started.
    ///
    /// # Errors
    /// See [`redis`](Target::redis).
    pub fn redis_sentinel() -> Result<&'static Self, ServerError> {
        static CELL: Shared<SentinelTrio> = OnceLock::new();
        let start = || {
            let trio = SentinelTrio::start()?;
            // Tests that share it want no failover, however busy the machine is.
            for sentinel in trio.sentinels() {
                let name = SentinelTrio::MASTER_NAME;
                sentinel.command(&["SENTINEL", "SET", name, "down-after-milliseconds", "60000"])?;
            }
            Ok(trio)
        };
        Self::shared(&CELL, "SESSION_TEST_REDIS_SENTINEL_URL", start, SentinelTrio::url)
    }
}

impl Target<RedisCluster> {
    /// A Redis cluster: the one at `SESSION_TEST_REDIS_CLUSTER_URL`, or one that is started.
    ///
    /// # Errors
    /// See [`redis`](Target::redis).
    pub fn redis_cluster() -> Result<&'static Self, ServerError> {
        static CELL: Shared<RedisCluster> = OnceLock::new();
        let start = || {
            let cluster = RedisCluster::start()?;
            // Tests that share it want no node given up, however busy the machine is.
            for node in cluster.nodes() {
                node.command(&["CONFIG", "SET", "cluster-node-timeout", "60000"])?;
            }
            Ok(cluster)
        };
        Self::shared(&CELL, "SESSION_TEST_REDIS_CLUSTER_URL", start, RedisCluster::url)
    }
}

impl Target<MariaDb> {
    /// A MySQL or MariaDB: the one at `SESSION_TEST_MYSQL_URL`, or a MariaDB that is started.
    ///
    /// # Errors
    /// See [`redis`](Target::redis).
    pub fn mysql() -> Result<&'static Self, ServerError> {
        static CELL: Shared<MariaDb> = OnceLock::new();
        Self::shared(&CELL, "SESSION_TEST_MYSQL_URL", MariaDb::start, MariaDb::url)
    }
}

impl Target<Postgres> {
    /// A PostgreSQL: the one at `SESSION_TEST_POSTGRES_URL`, or one that is started.
    ///
    /// # Errors
    /// See [`redis`](Target::redis).
    pub fn postgres() -> Result<&'static Self, ServerError> {
        static CELL: Shared<Postgres> = OnceLock::new();
        Self::shared(&CELL, "SESSION_TEST_POSTGRES_URL", Postgres::start, Postgres::url)
    }
}

impl Target<PgBouncer> {
    /// PgBouncer in transaction mode: the one at `SESSION_TEST_PGBOUNCER_URL`, or one that is started in front of a
    /// PostgreSQL of its own.
    ///
    /// # Errors
    /// See [`redis`](Target::redis).
    pub fn pgbouncer() -> Result<&'static Self, ServerError> {
        static SERVER: OnceLock<Result<Postgres, ServerError>> = OnceLock::new();
        static CELL: Shared<PgBouncer> = OnceLock::new();
        let start = || {
            let server = SERVER.get_or_init(Postgres::start).as_ref().map_err(Clone::clone)?;
            PgBouncer::start(server, &[])
        };
        Self::shared(&CELL, "SESSION_TEST_PGBOUNCER_URL", start, PgBouncer::url)
    }
}
