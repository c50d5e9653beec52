//! What MySQL and MariaDB are told, and what they reply. No I/O.

mod advice;
mod handshake;
mod meaning;
#[cfg(test)]
mod tests;
mod texts;
mod values;

use session_sql::{
    BuildError, Dialect, ErrorKind, Meaning, Refusal, StatementKind, StoreOptions, Table, UrlSettings,
};

use crate::{Schema, url};
pub(crate) use handshake::Handshake;
pub(crate) use texts::NOW;
pub(crate) use values::{cell, value};

/// The SQL of MySQL and MariaDB, by which the store and its [`Builder`](crate::Builder) are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mysql;

impl Dialect for Mysql {
    const CRATE: &'static str = "session-mysql";
    const STORE: &'static str = "MysqlStore";
    const TEXTS: [(StatementKind, &'static str); StatementKind::COUNT] = texts::TEXTS;
    const PARTS: &'static [(&'static str, &'static str)] = texts::PARTS;
    const QUOTE: char = '`';
    const NUMBERED_PLACES: bool = false;
    const ERROR_ENDS_TRANSACTION: bool = false;

    fn parse(url: &str) -> Result<UrlSettings, BuildError> {
        url::parse(url)
    }

    fn create_table(table: &Table) -> String {
        Schema::of(table.clone()).create_table()
    }

    fn meaning(refusal: &Refusal) -> Meaning {
        meaning::meaning(refusal)
    }

    fn advice(error: &ErrorKind, options: &StoreOptions) -> Option<String> {
        advice::advice(error, &options.table)
    }
}
