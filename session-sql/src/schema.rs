use std::marker::PhantomData;

use crate::{BuildError, DEFAULT_TABLE, Dialect, Table};

/// The SQL of the table that holds the sessions. It does no I/O.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema<D> {
    table: Table,
    dialect: PhantomData<D>,
}

impl<D: Dialect> Schema<D> {
    /// The version of the schema that this release reads and writes. A table has its own in its comment.
    pub const VERSION: u32 = D::SCHEMA_VERSION;

    /// The schema of the table with this name, `table` or `database.table`. In PostgreSQL the first part is a schema; without
    /// one it is the first that the user's `search_path` leads to.
    ///
    /// # Errors
    /// [`BuildError::Table`] unless it is one or two names of letters, digits and `_`.
    pub fn new(table: &str) -> Result<Self, BuildError> {
        Ok(Self { table: Table::new(table)?, dialect: PhantomData })
    }

    /// The schema of the table that the URL of a store names, in MySQL in the database of the URL. `table` goes before the
    /// URL's.
    ///
    /// # Errors
    /// [`BuildError`] if the URL or the name is invalid.
    pub fn of_url(url: &str, table: Option<&str>) -> Result<Self, BuildError> {
        let url = D::parse(url)?;
        let Self { table, dialect } = Self::new(table.or(url.table.as_deref()).unwrap_or(DEFAULT_TABLE))?;
        Ok(Self { table: D::complete_name(table, &url.server), dialect })
    }

    /// The table.
    #[must_use]
    pub const fn table(&self) -> &Table {
        &self.table
    }

    /// Returns the name of the table, with that of its database or schema if it is known: `shop.alo_session`.
    #[must_use]
    pub fn table_name(&self) -> String {
        self.table.to_string()
    }

    /// Returns the comment of a table of this version: `alo-session schema 1`.
    #[must_use]
    pub fn comment() -> String {
        format!("{COMMENT}{}", Self::VERSION)
    }

    /// Returns the version in the comment of a table; `None` if the table does not say that it is ours.
    #[must_use]
    pub fn version_in(comment: &str) -> Option<u32> {
        comment.strip_prefix(COMMENT)?.trim().parse().ok()
    }

    /// Returns what creates the table if it does not exist: one statement, or several, separated by `;`.
    #[must_use]
    pub fn create_table(&self) -> String {
        D::create_table(&self.table)
    }

    /// Returns the statement that gives an account what an application needs: `SELECT`, `INSERT`, `UPDATE` and `DELETE` on this
    /// one table. In MySQL the account is `user@host`, in PostgreSQL a role, which also needs `USAGE` on the table's schema.
    #[must_use]
    pub fn grant(&self, account: &str) -> String {
        let (table, account) = (self.table.quoted::<D>(), D::account(account));
        format!("GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {account}")
    }
}

/// What the comment of each table of ours begins with.
const COMMENT: &str = "alo-session schema ";
