//! What is said to the server, and what it replies. No I/O.

mod conversation;
mod errors;
mod handshake;
pub(crate) mod operations;
mod replies;
mod sql;
mod statement;
mod table;
mod values;

pub(crate) use conversation::{Connection, Conversation};
pub(crate) use errors::{DEADLOCK, DUPLICATE_KEY, Error, ErrorKind, MISSING_TABLE};
pub(crate) use handshake::handshake;
pub(crate) use replies::{Cell, Reply};
pub(crate) use sql::{NOW, Sql, StatementKind};
pub(crate) use statement::{Parameter, Statement};
pub(crate) use table::Table;
pub(crate) use values::{cell, value};
