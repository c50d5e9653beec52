#![doc = include_str!("../README.md")]
#![warn(clippy::exhaustive_enums, clippy::exhaustive_structs)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![allow(
    clippy::exhaustive_enums,
    clippy::exhaustive_structs,
    reason = "for the stores of this workspace, which are released together"
)]

#[cfg(not(any(feature = "tokio", feature = "blocking")))]
compile_error!("session-sql needs the feature `tokio` or `blocking`");

mod batch;
#[cfg(feature = "blocking")]
pub mod blocking;
mod build_error;
mod builder;
mod conversation;
mod dialect;
mod errors;
mod executor;
#[cfg(all(any(fuzzing, test), feature = "blocking"))]
#[doc(hidden)]
#[allow(clippy::missing_errors_doc, reason = "for the fuzz targets and a test alone")]
pub mod fuzzing;
#[cfg(feature = "blocking")]
pub mod maintenance;
mod meaning;
#[cfg(feature = "tokio")]
pub mod nonblocking;
mod operations;
mod options;
mod pool;
#[cfg(feature = "tokio")]
mod queue;
mod reply;
mod retry;
mod runtime;
mod schema;
mod server_address;
mod sql;
mod ssl_mode;
mod statement;
mod statement_kind;
mod store;
mod sweeping;
mod table;
#[cfg(all(test, feature = "blocking"))]
mod tests;
mod texts;
mod url_settings;
mod url_text;

pub use build_error::BuildError;
pub use builder::{Builder, DEFAULT_TABLE};
pub use dialect::{Dialect, complete};
pub use errors::{ErrorKind, Limit, Refusal};
pub use meaning::{Class, Meaning};
pub use options::StoreOptions;
pub use pool::Client;
pub use reply::{Cell, Device, Reply, Row};
pub use retry::{BATCH_PAUSE, KEEPALIVE, PING_TIMEOUT};
pub use runtime::Runtime;
pub use schema::Schema;
pub use server_address::ServerAddress;
pub use session_net::{LimitSettings, Limits};
pub use sql::{OWNER_ROW, Sql};
pub use ssl_mode::{SslMode, SslWords};
pub use statement::{Parameter, Statement};
pub use statement_kind::StatementKind;
pub use store::SqlStore;
pub use sweeping::Sweeping;
pub use table::Table;
pub use texts::texts;
pub use url_settings::UrlSettings;
pub use url_text::UrlText;

use conversation::{Connection, Conversation};
use errors::Error;
use pool::{Attempt, Pool};
