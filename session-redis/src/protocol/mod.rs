//! What is said: the operations of the contract as commands, and what the replies mean. No I/O.

pub(crate) mod errors;
pub(crate) mod keys;
pub(crate) mod operations;
pub(crate) mod replies;
pub(crate) mod requests;
#[cfg(any(feature = "tokio", fuzzing))]
pub(crate) mod resp;
pub(crate) mod scripts;
#[cfg(any(feature = "blocking", fuzzing))]
mod value;
