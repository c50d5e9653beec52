//! What is said to the server, and what it replies. No I/O.

pub(crate) mod conversation;
pub(crate) mod errors;
pub(crate) mod handshake;
pub(crate) mod operations;
pub(crate) mod prepared;
pub(crate) mod replies;
pub(crate) mod sql;
pub(crate) mod statement;
pub(crate) mod table;
