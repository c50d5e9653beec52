//! What MySQL and MariaDB are told, and what they reply. No I/O.

mod advice;
mod handshake;
mod meaning;
#[cfg(test)]
mod tests;
mod texts;
mod values;

use session_sql::{
    BuildError, Dialect, ErrorKind, Meaning, Refusal, ServerAddress, StatementKind, StoreOptions, Table,
    UrlSettings,
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
    const TEXTS: &'static [(&'static [StatementKind], &'static str)] = texts::TEXTS;
    const PARTS: &'static [(&'static str, &'static str)] = texts::PARTS;
    const NUMBERS_PLACES: bool = false;
    const QUOTE: char = '`';
    const ERROR_ENDS_TRANSACTION: bool = false;
    const SCHEMA_VERSION: u32 = 1;

    fn parse(url: &str) -> Result<UrlSettings, BuildError> {
        url::parse(url)
    }

    fn create_table(table: &Table) -> String {
        format!(
            "CREATE TABLE IF NOT EXISTS {table} (\n\
             \x20 family BINARY(16) NOT NULL,\n\
             \x20 digest BINARY(32) NOT NULL,\n\
             \x20 revision BINARY(16) NOT NULL,\n\
             \x20 owned TINYINT NOT NULL,\n\
             \x20 created_at BIGINT NOT NULL,\n\
             \x20 expires_at BIGINT NOT NULL,\n\
             \x20 mark BIGINT NOT NULL DEFAULT 0,\n\
             \x20 data MEDIUMBLOB NOT NULL,\n\
             \x20 PRIMARY KEY (family, digest),\n\
             \x20 KEY expires_at (expires_at)\n\
             ) ENGINE=InnoDB ROW_FORMAT=DYNAMIC COMMENT='{comment}'",
            table = table.quoted::<Self>(),
            comment = Schema::comment(),
        )
    }

    /// An account without a host is that of every host.
    fn account(account: &str) -> String {
        let (user, host) = account.rsplit_once('@').unwrap_or((account, "%"));
        let quoted = |text: &str| format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"));
        format!("{}@{}", quoted(user), quoted(host))
    }

    /// A database whose name needs quotes is left out.
    fn complete_name(table: Table, server: &ServerAddress) -> Table {
        match (&table.database, &server.database) {
            (None, Some(database)) => Table::new(&format!("{database}.{}", table.name)).unwrap_or(table),
            _ => table,
        }
    }

    fn meaning(refusal: &Refusal) -> Meaning {
        meaning::meaning(refusal)
    }

    fn advice(error: &ErrorKind, options: &StoreOptions) -> Option<String> {
        advice::advice(error, &options.table)
    }
}
