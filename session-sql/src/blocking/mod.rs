//! The blocking API: futures that never wait, because everything happens on the calling thread.

mod runtime;
mod store;

pub(crate) use runtime::poll_once;
pub use runtime::{Threads, thread_of};
#[cfg(any(fuzzing, test))]
pub(crate) use store::perform;
pub use store::{Blocking, SqlStore};
