use std::sync::Arc;

use session_core::{SessionConfig, store::BlockingStore};

use crate::{OpenError, backend::Backend};

/// Opens the store at a URL like [`alo_session::open`](crate::open), for a program without a runtime. The features are
/// `memory`, `sqlite-blocking`, `redis-blocking`, `mysql-blocking` and `postgres-blocking`, with TLS `redis-blocking-tls`,
/// `mysql-blocking-tls` and `postgres-blocking-tls`.
///
/// ```
/// use alo_session::{SessionConfig, blocking};
///
/// let config = SessionConfig::default();
/// let sessions = blocking::Sessions::new(blocking::open("memory:", &config)?, config);
/// # Ok::<(), alo_session::OpenError>(())
/// ```
///
/// # Errors
/// [`OpenError`] if the URL is not one of a store, or needs a feature that is not enabled.
#[cfg_attr(
    not(any(feature = "mysql-blocking", feature = "postgres-blocking", feature = "redis-blocking")),
    allow(unused_variables, reason = "there is no store that has settings")
)]
pub fn open(url: &str, config: &SessionConfig) -> Result<Arc<dyn BlockingStore>, OpenError> {
    match Backend::of(url)? {
        #[cfg(feature = "memory")]
        Backend::Memory => Ok(Arc::new(session_memory::MemoryStore::new())),
        #[cfg(feature = "redis-blocking")]
        Backend::Redis => {
            let builder = session_redis::blocking::RedisStore::builder(url).config(config);
            Ok(Arc::new(builder.build_blocking()?))
        }
        #[cfg(feature = "mysql-blocking")]
        Backend::Mysql => {
            let builder = session_mysql::blocking::MysqlStore::builder(url).config(config);
            Ok(Arc::new(builder.create_table_if_missing().build_blocking()?))
        }
        #[cfg(feature = "postgres-blocking")]
        Backend::Postgres => {
            let builder = session_postgres::blocking::PostgresStore::builder(url).config(config);
            Ok(Arc::new(builder.create_table_if_missing().build_blocking()?))
        }
        #[cfg(feature = "sqlite-blocking")]
        Backend::Sqlite => Ok(Arc::new(session_sqlite::SqliteStore::open(url)?)),
        #[allow(unreachable_patterns, reason = "a store may be left out")]
        backend => Err(OpenError::Feature { feature: backend.blocking_feature() }),
    }
}
