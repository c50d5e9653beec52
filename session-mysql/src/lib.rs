#![doc = include_str!("../README.md")]
#![warn(clippy::exhaustive_enums, clippy::exhaustive_structs)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(not(any(feature = "tokio", feature = "blocking")))]
compile_error!("session-mysql needs the feature `tokio` or `blocking`");

mod bounds;
mod dialect;
mod encryption;
mod schema;
mod url;

#[cfg(feature = "blocking")]
pub mod blocking;
#[cfg(feature = "blocking")]
pub mod maintenance;
#[cfg(feature = "tokio")]
mod nonblocking;

#[cfg(all(fuzzing, feature = "blocking"))]
#[doc(hidden)]
#[allow(
    clippy::missing_errors_doc,
    clippy::exhaustive_enums,
    clippy::exhaustive_structs,
    reason = "for the fuzz targets alone"
)]
pub mod fuzzing;

pub use dialect::Mysql;
#[cfg(feature = "tokio")]
pub use nonblocking::MysqlStore;
pub use schema::{Event, Schema};
/// User and password, and the settings of TLS, of which a [`Builder`] takes values.
pub use session_net::{Credentials, tls};
pub use session_sql::BuildError;

/// The settings of a store.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use alo_session::{MysqlStore, SessionConfig, mysql::tls::Tls};
///
/// let config = SessionConfig::with(|settings| settings.table = "shop_sessions".to_owned())?;
/// let tls = Tls::new().system_authorities().verify_as("db.example");
/// let store = MysqlStore::builder("mysql://shop:secret@10.0.0.7/shop").config(&config).tls(tls).build()?;
/// # Ok(())
/// # }
/// ```
pub type Builder = session_sql::Builder<Mysql>;
