use session_core::{SessionConfig, store::AnyStore};

use crate::{OpenError, backend::Backend};

/// Opens the store at a URL, with the prefix or the table of this configuration.
///
/// | URL | store | feature |
/// |---|---|---|
/// | `memory:` | `MemoryStore` | `memory` |
/// | `redis://…`, `redis+unix://…`, `redis+sentinel://…`, `redis+cluster://…`; `rediss` for TLS | `RedisStore` | `redis`, `redis-tls` |
/// | `mysql://…`, `mariadb://…` | `MysqlStore` | `mysql`, `mysql-tls` |
/// | `postgres://…`, `postgresql://…` | `PostgresStore` | `postgres`, `postgres-tls` |
/// | `sqlite:FILE`, `sqlite:///FILE` | `SqliteStore` | `sqlite` |
///
/// It never connects, so the server may still be down; the directory of a file must be there. An operation that finds no table in MySQL or PostgreSQL creates it. A program
/// that wants other bounds or no new table uses the builder of that store.
///
/// ```
/// use alo_session::{SessionConfig, open};
///
/// let config = SessionConfig::default();
/// let url = std::env::var("SESSION_STORE").unwrap_or("memory:".to_owned());
/// let store = open(&url, &config)?;
/// # Ok::<(), alo_session::OpenError>(())
/// ```
///
/// # Errors
/// [`OpenError`] if the URL is not one of these, or needs a feature that is not enabled.
#[cfg_attr(
    not(any(feature = "mysql", feature = "postgres", feature = "redis")),
    allow(unused_variables, reason = "there is no store that has settings")
)]
pub fn open(url: &str, config: &SessionConfig) -> Result<AnyStore, OpenError> {
    match Backend::of(url)? {
        #[cfg(feature = "memory")]
        Backend::Memory => Ok(AnyStore::new(session_memory::MemoryStore::new())),
        #[cfg(feature = "redis")]
        Backend::Redis => Ok(AnyStore::new(session_redis::RedisStore::builder(url).config(config).build()?)),
        #[cfg(feature = "mysql")]
        Backend::Mysql => {
            let builder = session_mysql::MysqlStore::builder(url).config(config);
            Ok(AnyStore::new(builder.create_table_if_missing().build()?))
        }
        #[cfg(feature = "postgres")]
        Backend::Postgres => {
            let builder = session_postgres::PostgresStore::builder(url).config(config);
            Ok(AnyStore::new(builder.create_table_if_missing().build()?))
        }
        #[cfg(feature = "sqlite")]
        Backend::Sqlite => Ok(AnyStore::new(session_sqlite::SqliteStore::open(url)?)),
        #[allow(unreachable_patterns, reason = "a store may be left out")]
        backend => Err(OpenError::Feature { feature: backend.feature() }),
    }
}
