//! What is said to the server, and what it replies. No I/O.

mod conversation;
mod errors;
mod handshake;
mod meaning;
pub(crate) mod operations;
mod replies;
mod sql;
mod statement;
mod table;
mod values;

pub(crate) use conversation::{Connection, Conversation};
pub(crate) use errors::{DUPLICATE_KEY, Error, ErrorKind, Limit, MISSING_TABLE, OUT_OF_TIME};
pub(crate) use handshake::Handshake;
pub(crate) use meaning::Class;
pub(crate) use replies::{Cell, Device, Reply};
pub(crate) use sql::{NOW, OWNER_ROW, Sql, StatementKind};
pub(crate) use statement::{Parameter, Statement};
pub(crate) use table::Table;
pub(crate) use values::{cell, value};
