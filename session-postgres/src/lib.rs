#![doc = include_str!("../README.md")]
#![warn(clippy::exhaustive_enums, clippy::exhaustive_structs)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(not(any(feature = "tokio", feature = "blocking")))]
compile_error!("session-postgres needs the feature `tokio` or `blocking`");

#[cfg(feature = "blocking")]
pub mod blocking;
mod dialect;
#[cfg(feature = "blocking")]
pub mod maintenance;
#[cfg(feature = "tokio")]
mod nonblocking;
mod schema;
mod url;
mod wire;

pub use dialect::Postgres;
#[cfg(feature = "tokio")]
pub use nonblocking::PostgresStore;
pub use schema::Schema;
/// User and password, and the settings of TLS, of which a [`Builder`] takes values.
pub use session_net::{Credentials, tls};
pub use session_sql::BuildError;

/// The settings of a store.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use alo_session::{PostgresStore, SessionConfig, postgres::tls::Tls};
///
/// let config = SessionConfig::with(|settings| settings.table = "shop_sessions".to_owned())?;
/// let tls = Tls::new().system_authorities().verify_as("db.example");
/// let store = PostgresStore::builder("postgres://shop:secret@10.0.0.7/shop").config(&config).tls(tls).build()?;
/// # Ok(())
/// # }
/// ```
pub type Builder = session_sql::Builder<Postgres>;
