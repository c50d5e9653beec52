//! The asynchronous API, on tokio.

mod load;
mod runtime;
mod store;

pub use runtime::{Tokio, in_time};
pub use store::{Asynchronous, SqlStore};
