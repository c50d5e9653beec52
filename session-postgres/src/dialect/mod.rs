//! What PostgreSQL is told, and what it replies. No I/O.

mod advice;
mod handshake;
mod meaning;
mod prepared;
#[cfg(test)]
mod tests;
mod texts;

use session_sql::{
    BuildError, Dialect, ErrorKind, Meaning, Refusal, StatementKind, StoreOptions, Table, UrlSettings,
};

use crate::{schema, url};
pub(crate) use handshake::{Ends, Handshake};
pub(crate) use prepared::Prepared;

/// The SQL of PostgreSQL, by which the store and its [`Builder`](crate::Builder) are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Postgres;

/// Begins a transaction.
pub(crate) const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";

impl Dialect for Postgres {
    const CRATE: &'static str = "session-postgres";
    const STORE: &'static str = "PostgresStore";
    const TEXTS: &'static [(&'static [StatementKind], &'static str)] = texts::TEXTS;
    const PARTS: &'static [(&'static str, &'static str)] = texts::PARTS;
    const NUMBERS_PLACES: bool = true;
    const QUOTE: char = '"';
    const BEGIN: &'static str = BEGIN;
    const ERROR_ENDS_TRANSACTION: bool = true;
    const SCHEMA_VERSION: u32 = 1;

    fn parse(url: &str) -> Result<UrlSettings, BuildError> {
        url::parse(url)
    }

    fn create_table(table: &Table) -> String {
        schema::create_table(table)
    }

    fn create_missing_table(table: &Table) -> String {
        schema::create_missing_table(table)
    }

    fn account(account: &str) -> String {
        format!("\"{}\"", account.replace('"', "\"\""))
    }

    fn meaning(refusal: &Refusal) -> Meaning {
        meaning::meaning(refusal)
    }

    fn advice(error: &ErrorKind, options: &StoreOptions) -> Option<String> {
        advice::advice(error, &options.table)
    }
}
