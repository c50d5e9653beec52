//! The asynchronous API, on tokio.

mod runtime;
mod store;
mod together;

pub use runtime::{Tokio, in_time};
pub use store::{Asynchronous, SqlStore};
