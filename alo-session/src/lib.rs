// The README shows programs of all APIs, so without their features it would neither link nor compile.
#![cfg_attr(
    all(feature = "actix", feature = "axum", feature = "blocking", feature = "memory"),
    doc = include_str!("../README.md")
)]
#![cfg_attr(
    not(all(feature = "actix", feature = "axum", feature = "blocking", feature = "memory")),
    doc = "Server-side HTTP sessions; the whole description needs the features `actix`, `axum`, `blocking` and `memory`."
)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![warn(clippy::exhaustive_enums, clippy::exhaustive_structs)]

/// The programs of the repository's front page, compiled and run with the others.
#[cfg(all(
    doctest,
    feature = "axum",
    feature = "blocking",
    feature = "memory",
    feature = "mysql",
    feature = "redis"
))]
#[doc = include_str!("../../README.md")]
struct FrontPage;

mod backend;
mod open;
#[cfg(feature = "blocking")]
mod open_blocking;
mod open_error;

pub use open::open;
pub use open_error::OpenError;
pub use session_core::{
    Context, RecordError, SessionConfig, SessionError, Timestamp, ValueError, Visit, config, cookie, driver,
    exchange, id, observe,
    session::{self, Key},
    store, visit,
};

#[cfg(feature = "memory")]
pub use session_memory::{self as memory, MemoryStore};

#[cfg(any(feature = "mysql", feature = "mysql-blocking"))]
pub use session_mysql as mysql;
#[cfg(feature = "mysql")]
pub use session_mysql::MysqlStore;

#[cfg(any(feature = "postgres", feature = "postgres-blocking"))]
pub use session_postgres as postgres;
#[cfg(feature = "postgres")]
pub use session_postgres::PostgresStore;

#[cfg(any(feature = "redis", feature = "redis-blocking"))]
pub use session_redis as redis;
#[cfg(feature = "redis")]
pub use session_redis::RedisStore;

#[cfg(any(feature = "sqlite", feature = "sqlite-blocking"))]
pub use session_sqlite::{self as sqlite, SqliteStore};

#[cfg(feature = "tower")]
pub use session_tower::{
    self as layer, AnyError, CachePolicy, CsrfError, CsrfLayer, CsrfToken, CsrfVerdict, DiscardChanges,
    FailureCause, FreshSession, LazySession, Main, Owner, OwnerSessions, RequestHead, RequireSignIn,
    ResponseHead, ReturnTo, Session, SessionFailure, SessionLayer, own_path,
};

#[cfg(feature = "actix")]
pub use session_actix as actix;

/// What no framework owns: for functions that get the session of a request from whichever framework serves the site. The session
/// and the extractors of every framework deref to it.
#[cfg(any(feature = "actix", feature = "tower"))]
pub use session_http as web;

#[cfg(feature = "metrics")]
pub use session_metrics::Metered;

#[cfg(feature = "tokio")]
pub use session_tokio::{SpawnBlocking, Timeout};

/// Sessions for programs without a runtime: every call returns on the calling thread.
#[cfg(feature = "blocking")]
pub mod blocking {
    pub use crate::open_blocking::open;
    pub use session_core::{OpenSession, blocking::Sessions};
}
