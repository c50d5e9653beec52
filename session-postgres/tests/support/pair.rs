//! The stores of `session-sqltests`, on this database.

#![allow(unused_imports, reason = "not every test uses all")]

use session_postgres::{Builder, Postgres};
pub(crate) use session_sqltests::pair::{BOUND, key, revision, write};

pub(crate) type Pair = session_sqltests::pair::Pair<Postgres>;

pub(crate) fn patient(url: &str) -> Builder {
    session_sqltests::pair::patient(url)
}
