#![doc = include_str!("../README.md")]
#![warn(clippy::exhaustive_enums, clippy::exhaustive_structs)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod bounds;
mod connect_error;
mod credentials;
mod dial;
mod limit;
mod limits;
mod parameters;
mod process;
mod race;
mod reach;
mod resolve;
mod timed_stream;
pub mod tls;
mod unix;
mod url_login;

pub use connect_error::ConnectError;
pub use credentials::{Credentials, CredentialsError, Login};
#[cfg(feature = "tokio")]
pub use dial::{connect, dial};
pub use dial::{connect_blocking, dial_blocking};
pub use limit::Limit;
pub use limits::{LimitSettings, Limits};
pub use parameters::{ParameterError, Parameters, decoded};
pub use process::process_mark;
#[cfg(feature = "tokio")]
pub use race::race;
pub use race::{RaceError, race_blocking};
#[cfg(feature = "tokio")]
pub use reach::reach;
pub use reach::reach_blocking;
#[cfg(feature = "tokio")]
pub use resolve::resolve;
pub use resolve::{ResolveError, resolve_blocking};
pub use timed_stream::TimedStream;
#[cfg(feature = "tokio")]
pub use unix::connect_unix;
pub use unix::connect_unix_blocking;
pub use url_login::UrlLogin;
