#![doc = include_str!("../README.md")]

pub mod config;
mod context;
pub mod cookie;
pub mod driver;
pub mod exchange;
pub mod fingerprint;
pub mod id;
pub mod observe;
pub mod record;
pub mod session;
pub mod store;
mod time;
pub mod visit;

pub use config::SessionConfig;
pub use context::Context;
pub use driver::{Sessions, blocking};
pub use exchange::SessionError;
pub use session::{Session, ValueError};
pub use time::Timestamp;
pub use visit::Visit;
