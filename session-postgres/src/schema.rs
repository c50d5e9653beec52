use session_sql::{BuildError, DEFAULT_TABLE, Table};

use crate::{Postgres, url};

/// The SQL of the table that holds the sessions, for PostgreSQL 14 or newer. It does no I/O.
///
/// ```
/// use alo_session::postgres::Schema;
///
/// let schema = Schema::new("shop.alo_session")?;
/// assert!(schema.create_table().starts_with("CREATE TABLE IF NOT EXISTS \"shop\".\"alo_session\""));
/// # Ok::<(), alo_session::postgres::BuildError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    table: Table,
}

impl Schema {
    /// The version of the schema that this release reads and writes. A table has its own in its comment.
    pub const VERSION: u32 = 1;

    /// The schema of the table with this name, `table` or `schema.table`. Without a schema it is the first that the user's
    /// `search_path` leads to.
    ///
    /// # Errors
    /// [`BuildError::Table`] unless it is one or two names of letters, digits and `_`.
    pub fn new(table: &str) -> Result<Self, BuildError> {
        Ok(Self { table: Table::new(table)? })
    }

    /// The schema of the table that the URL of a store names. `table` goes before the URL's.
    ///
    /// # Errors
    /// [`BuildError`] if the URL or the name is invalid.
    pub fn of_url(url: &str, table: Option<&str>) -> Result<Self, BuildError> {
        let url = url::parse(url)?;
        Self::new(table.or(url.table.as_deref()).unwrap_or(DEFAULT_TABLE))
    }

    /// What the table has beside its columns: room for HOT updates, and autovacuum that comes early.
    pub(crate) const SETTINGS: [&str; 2] = ["fillfactor=80", "autovacuum_vacuum_scale_factor=0.05"];

    /// Returns the name of the table, with that of its schema if it is known: `shop.alo_session`.
    #[must_use]
    pub fn table_name(&self) -> String {
        self.table.to_string()
    }

    /// Returns the comment of a table of this version: `alo-session schema 1`.
    #[must_use]
    pub fn comment() -> String {
        format!("alo-session schema {}", Self::VERSION)
    }

    /// Returns the statements that create the table with its index if it does not exist, separated by `;`.
    #[must_use]
    pub fn create_table(&self) -> String {
        format!(
            "CREATE TABLE IF NOT EXISTS {table} (\n\
             \x20 created_at bigint NOT NULL,\n\
             \x20 expires_at bigint NOT NULL,\n\
             \x20 mark bigint NOT NULL DEFAULT 0,\n\
             \x20 expires_hour integer NOT NULL GENERATED ALWAYS AS (expires_at / 3600000) STORED,\n\
             \x20 owned smallint NOT NULL,\n\
             \x20 family bytea NOT NULL,\n\
             \x20 digest bytea NOT NULL,\n\
             \x20 revision bytea NOT NULL,\n\
             \x20 data bytea NOT NULL,\n\
             \x20 PRIMARY KEY (family, digest)\n\
             ) WITH ({settings});\n\
             CREATE INDEX IF NOT EXISTS {index} ON {table} (expires_hour);\n\
             COMMENT ON TABLE {table} IS '{comment}'",
            table = self.quoted(),
            index = self.index(),
            settings = Self::SETTINGS.join(", "),
            comment = Self::comment(),
        )
    }

    /// Returns the statement that gives the user what an application needs: `SELECT`, `INSERT`, `UPDATE` and `DELETE` on this
    /// one table. The user also needs `USAGE` on its schema.
    ///
    /// ```
    /// # use alo_session::postgres::Schema;
    /// let grant = Schema::new("shop.alo_session")?.grant("app");
    /// assert_eq!(grant, "GRANT SELECT, INSERT, UPDATE, DELETE ON \"shop\".\"alo_session\" TO \"app\"");
    /// # Ok::<(), alo_session::postgres::BuildError>(())
    /// ```
    #[must_use]
    pub fn grant(&self, user: &str) -> String {
        let user = user.replace('"', "\"\"");
        format!("GRANT SELECT, INSERT, UPDATE, DELETE ON {} TO \"{user}\"", self.quoted())
    }
}

impl Schema {
    pub(crate) const fn of(table: Table) -> Self {
        Self { table }
    }

    /// The same in one transaction that waits for another one like it: two would get in each other's way.
    pub(crate) fn create_table_once(&self) -> String {
        format!("SELECT pg_advisory_xact_lock({LOCK});\n{}", self.create_table())
    }

    /// Makes the index beside the writers.
    #[cfg(feature = "blocking")]
    pub(crate) fn create_index(&self) -> String {
        format!(
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS {} ON {} (expires_hour)",
            self.index(),
            self.quoted()
        )
    }

    #[cfg(feature = "blocking")]
    pub(crate) fn set(&self, settings: &[&str]) -> String {
        format!("ALTER TABLE {} SET ({})", self.quoted(), settings.join(", "))
    }

    #[cfg(feature = "blocking")]
    pub(crate) fn set_comment(&self) -> String {
        format!("COMMENT ON TABLE {} IS '{}'", self.quoted(), Self::comment())
    }

    fn quoted(&self) -> String {
        self.table.quoted::<Postgres>()
    }

    /// The index is in the schema of its table. A name has 63 bytes.
    fn index(&self) -> String {
        let name = &self.table.name;
        format!("\"{}_expires\"", name.get(..55).unwrap_or(name))
    }
}

/// `alo-sess`, as a number.
const LOCK: i64 = 0x616c_6f2d_7365_7373;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_this() {
        let text = "\
CREATE TABLE IF NOT EXISTS \"alo_session\" (
  created_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  mark bigint NOT NULL DEFAULT 0,
  expires_hour integer NOT NULL GENERATED ALWAYS AS (expires_at / 3600000) STORED,
  owned smallint NOT NULL,
  family bytea NOT NULL,
  digest bytea NOT NULL,
  revision bytea NOT NULL,
  data bytea NOT NULL,
  PRIMARY KEY (family, digest)
) WITH (fillfactor=80, autovacuum_vacuum_scale_factor=0.05);
CREATE INDEX IF NOT EXISTS \"alo_session_expires\" ON \"alo_session\" (expires_hour);
COMMENT ON TABLE \"alo_session\" IS 'alo-session schema 1'";
        assert_eq!(Schema::new("alo_session").unwrap().create_table(), text);
    }

    #[test]
    fn a_url_names_the_table() {
        for (url, table, name) in [
            ("postgres://h/shop", None, "alo_session"),
            ("postgres://h/shop?table=mine", None, "mine"),
            ("postgres://h/shop?table=mine", Some("yours"), "yours"),
            ("postgres://h?table=other.mine", None, "other.mine"),
        ] {
            assert_eq!(Schema::of_url(url, table).unwrap().table_name(), name, "{url}");
        }
        assert!(Schema::of_url("postgres://h/d?table=a b", None).is_err());
    }

    #[test]
    fn a_user_is_quoted_and_an_index_has_a_name_that_fits() {
        let grant = Schema::new("t").unwrap().grant("o\"ne");
        assert_eq!(grant, "GRANT SELECT, INSERT, UPDATE, DELETE ON \"t\" TO \"o\"\"ne\"");
        let text = Schema::new(&"x".repeat(64)).unwrap().create_table();
        assert!(text.contains(&format!("EXISTS \"{}_expires\" ON", "x".repeat(55))), "{text}");
    }
}
