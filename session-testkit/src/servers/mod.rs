//! Redis and MariaDB servers for tests, from the programs on this machine (feature `servers`).
//!
//! Each has a private directory, a port on loopback that it keeps over restarts, and a watchdog that ends it and
//! removes the directory when its value is dropped, and when the test's process is killed. No container, nothing to
//! set up, milliseconds to start:
//!
//! ```no_run
//! use session_testkit::servers::{MariaDb, RedisServer};
//!
//! let redis = RedisServer::builder().config("appendonly yes").start()?;
//! redis.freeze()?; // connections are accepted, nothing is answered
//! redis.thaw()?;
//! redis.kill()?;
//! redis.restart()?; // the same port, the same data
//!
//! let database = MariaDb::start()?;
//! assert_eq!(database.sql("SELECT 1 + 1")?, "2\n");
//! # Ok::<(), session_testkit::servers::ServerError>(())
//! ```
//!
//! Tests that do no harm share one server ([`Target`]), which an environment variable may point elsewhere:
//!
//! | variable | what |
//! |---|---|
//! | `SESSION_TEST_REDIS_URL` | a single redis, [`Target::redis`] |
//! | `SESSION_TEST_REDIS_TLS_URL` | one that speaks TLS, [`Target::redis_tls`] |
//! | `SESSION_TEST_REDIS_SENTINEL_URL` | one behind sentinels, [`Target::redis_sentinel`] |
//! | `SESSION_TEST_REDIS_CLUSTER_URL` | a cluster, [`Target::redis_cluster`] |
//! | `SESSION_TEST_REDIS_SERVER` | the path of the `redis-server` that all of ours are started from |
//! | `SESSION_TEST_MYSQL_URL` | a MySQL or MariaDB, [`Target::mysql`] |
//! | `SESSION_TEST_REQUIRE` | `redis`, `mysql` or both: their absence is a failure, where it is otherwise ignored |
//!
//! | server | program on the `PATH` |
//! |---|---|
//! | redis, sentinel, cluster | `redis-server` or `valkey-server` |
//! | MariaDB | `mariadbd`, `mariadb-install-db` and the client `mariadb` |
//! | TLS of either | `openssl` |

mod certificates;
mod error;
mod mariadb;
mod poll;
mod process;
mod program;
mod redis;
mod target;
mod url;
mod watchdog;

pub use error::ServerError;
pub use mariadb::{MariaDb, MariaDbBuilder};
pub use redis::{RedisBuilder, RedisCluster, RedisServer, Reply, SentinelTrio};
pub use target::Target;
