//! The response to a request that cannot be served because of its session.

mod known;
mod session_failure;
mod text;

pub use session_failure::{FailureCause, SessionFailure};
