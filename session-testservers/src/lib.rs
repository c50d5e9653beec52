#![doc = include_str!("../README.md")]
#![warn(clippy::exhaustive_enums, clippy::exhaustive_structs)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(unix)]
mod account;
#[cfg(unix)]
pub mod certificates;
#[cfg(unix)]
mod directory;
#[cfg(unix)]
mod error;
#[cfg(unix)]
mod family;
pub mod jar;
mod limits;
#[cfg(feature = "load")]
pub mod load;
#[cfg(unix)]
mod mariadb;
#[cfg(unix)]
mod poll;
mod port;
#[cfg(unix)]
mod postgres;
#[cfg(unix)]
mod process;
#[cfg(unix)]
mod program;
pub mod proxy;
#[cfg(unix)]
mod redis;
#[cfg(unix)]
mod target;
#[cfg(unix)]
mod url;
#[cfg(unix)]
mod watchdog;

#[cfg(unix)]
pub use directory::Directory;
#[cfg(unix)]
pub use error::ServerError;
#[cfg(unix)]
pub use mariadb::{Galera, MariaDb, MariaDbBuilder, ReplicationGroup};
#[cfg(unix)]
pub use postgres::{PgBouncer, Postgres, PostgresBuilder, PostgresPair};
#[cfg(unix)]
pub use redis::{RedisBuilder, RedisCluster, RedisServer, Reply, SentinelTrio};
#[cfg(unix)]
pub use target::Target;
