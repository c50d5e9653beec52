//! What is said: the operations of the contract as requests, and what the replies mean. No I/O.

mod command;
mod error_line;
pub(crate) mod errors;
mod keys;
pub(crate) mod operations;
pub(crate) mod replies;
mod reply;
mod requests;
pub(crate) mod resp;
pub(crate) mod scripts;

pub(crate) use command::{Command, pack, words};
pub(crate) use error_line::first_word;
pub(crate) use keys::Keys;
pub(crate) use reply::Reply;
pub(crate) use requests::Request;
pub(crate) use scripts::Script;
