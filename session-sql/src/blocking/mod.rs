//! The blocking API: futures that never wait, because everything happens on the calling thread.

mod runtime;
mod store;

pub(crate) use runtime::poll_once;
pub use runtime::{Threads, thread_of};
pub use store::{Blocking, SqlStore};
