use std::time::Duration;

use session_sql::{BuildError, DEFAULT_TABLE, Sql, Table};

use crate::{Mysql, dialect::NOW, url};

/// The SQL of the table that holds the sessions, for MySQL 8 and MariaDB 10.6 or newer. It does no I/O.
///
/// ```
/// use alo_session::mysql::Schema;
///
/// let schema = Schema::new("shop.alo_session")?;
/// assert!(schema.create_table().starts_with("CREATE TABLE IF NOT EXISTS `shop`.`alo_session`"));
/// # Ok::<(), alo_session::mysql::BuildError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    table: Table,
}

impl Schema {
    /// The version of the schema that this release reads and writes. A table has its own in its comment.
    pub const VERSION: u32 = 1;

    /// The schema of the table with this name, `table` or `database.table`.
    ///
    /// # Errors
    /// [`BuildError::Table`] unless it is one or two names of letters, digits and `_`.
    pub fn new(table: &str) -> Result<Self, BuildError> {
        Ok(Self { table: Table::new(table)? })
    }

    /// The schema of the table that the URL of a store names, in the database of the URL. `table` goes before the URL's.
    ///
    /// # Errors
    /// [`BuildError`] if the URL or the name is invalid.
    pub fn of_url(url: &str, table: Option<&str>) -> Result<Self, BuildError> {
        let url = url::parse(url)?;
        let schema = Self::new(table.or(url.table.as_deref()).unwrap_or(DEFAULT_TABLE))?;
        Ok(schema.within(url.server.database.as_deref()))
    }

    /// Returns the name of the table, with that of its database if it is known: `shop.alo_session`.
    #[must_use]
    pub fn table_name(&self) -> String {
        self.table.to_string()
    }

    /// Returns the comment of a table of this version: `alo-session schema 1`.
    #[must_use]
    pub fn comment() -> String {
        format!("alo-session schema {}", Self::VERSION)
    }

    /// Returns the statement that creates the table if it does not exist.
    #[must_use]
    pub fn create_table(&self) -> String {
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
            table = self.quoted(),
            comment = Self::comment(),
        )
    }

    /// Returns the statement that gives the account `'user'@'host'` what an application needs: `SELECT`, `INSERT`, `UPDATE`
    /// and `DELETE` on this one table.
    ///
    /// ```
    /// # use alo_session::mysql::Schema;
    /// let grant = Schema::new("shop.alo_session")?.grant("shop", "10.0.0.%");
    /// assert_eq!(grant, "GRANT SELECT, INSERT, UPDATE, DELETE ON `shop`.`alo_session` TO 'shop'@'10.0.0.%'");
    /// # Ok::<(), alo_session::mysql::BuildError>(())
    /// ```
    #[must_use]
    pub fn grant(&self, user: &str, host: &str) -> String {
        let (table, user, host) = (self.quoted(), quoted(user), quoted(host));
        format!("GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {user}@{host}")
    }

    /// Returns the statement that creates an event of the server, which removes expired sessions every `every` (in whole
    /// seconds, at least one) in batches of `batch` rows. Two of its runs never overlap. It counts before it deletes, because
    /// a deletion that runs out of expired rows would lock the next live one. The server runs events only with
    /// `event_scheduler=ON`. To change an event, [drop](Self::drop_event) it first.
    #[must_use]
    pub fn create_event(&self, every: Duration, batch: u32) -> String {
        let (event, table) = (self.event().quoted::<Mysql>(), self.quoted());
        let (seconds, batch) = (every.as_secs().max(1), batch.max(1));
        let lock = self.lock();
        let sweep = Sql::new::<Mysql>(&self.table).sweep(batch).text.replace('?', "found");
        format!(
            "CREATE EVENT IF NOT EXISTS {event} ON SCHEDULE EVERY {seconds} SECOND COMMENT '{comment}' DO\n\
             IF GET_LOCK({lock}, 0) THEN\n\
             \x20 SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED;\n\
             \x20 BEGIN\n\
             \x20   DECLARE found INT UNSIGNED DEFAULT 1;\n\
             \x20   WHILE found > 0 DO\n\
             \x20     SELECT COUNT(*) INTO found FROM (SELECT 1 FROM {table} WHERE expires_at<={NOW} LIMIT {batch}) AS expired;\n\
             \x20     {sweep};\n\
             \x20     DO SLEEP(0.1);\n\
             \x20   END WHILE;\n\
             \x20 END;\n\
             \x20 DO RELEASE_LOCK({lock});\n\
             END IF",
            comment = Self::comment(),
        )
    }

    /// Returns the statement that drops the event if it exists.
    #[must_use]
    pub fn drop_event(&self) -> String {
        format!("DROP EVENT IF EXISTS {}", self.event().quoted::<Mysql>())
    }
}

impl Schema {
    pub(crate) const fn of(table: Table) -> Self {
        Self { table }
    }

    /// The same table with the name of its database. A database whose name needs quotes is left out.
    pub(crate) fn within(self, database: Option<&str>) -> Self {
        let complete = match (&self.table.database, database) {
            (None, Some(database)) => Table::new(&format!("{database}.{}", self.table.name)).ok(),
            _ => None,
        };
        complete.map_or(self, Self::of)
    }

    /// Returns the name of the table in quotes.
    pub(crate) fn quoted(&self) -> String {
        self.table.quoted::<Mysql>()
    }

    #[cfg(feature = "blocking")]
    pub(crate) const fn table(&self) -> &Table {
        &self.table
    }

    /// The event beside the table, whose name may not be longer than 64 bytes either.
    pub(crate) fn event(&self) -> Table {
        let Table { database, name } = self.table.clone();
        Table { database, name: format!("{}_gc", name.get(..61).unwrap_or(&name)) }
    }

    /// The expression for the server's lock that two runs of the event share. The server's locks are those of all its
    /// databases, and an event runs in its own. A hash has the 64 characters that a name may have.
    fn lock(&self) -> String {
        format!("SHA2(CONCAT(DATABASE(),'.{} gc'),256)", self.table.name)
    }
}

/// Puts a text in quotes, which nothing in it can end.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_this() {
        let text = "\
CREATE TABLE IF NOT EXISTS `alo_session` (
  family BINARY(16) NOT NULL,
  digest BINARY(32) NOT NULL,
  revision BINARY(16) NOT NULL,
  owned TINYINT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  mark BIGINT NOT NULL DEFAULT 0,
  data MEDIUMBLOB NOT NULL,
  PRIMARY KEY (family, digest),
  KEY expires_at (expires_at)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC COMMENT='alo-session schema 1'";
        assert_eq!(Schema::new("alo_session").unwrap().create_table(), text);
    }

    #[test]
    fn a_url_names_the_database_and_the_table() {
        for (url, table, name) in [
            ("mysql://h/shop", None, "`shop`.`alo_session`"),
            ("mysql://h/shop?table=mine", None, "`shop`.`mine`"),
            ("mysql://h/shop?table=mine", Some("yours"), "`shop`.`yours`"),
            ("mysql://h/shop?table=other.mine", None, "`other`.`mine`"),
            ("mysql://h/a-b", None, "`alo_session`"),
            ("mysql://h", None, "`alo_session`"),
        ] {
            assert_eq!(Schema::of_url(url, table).unwrap().quoted(), name, "{url}");
        }
        assert!(Schema::of_url("mysql://h/d?table=a b", None).is_err());
    }

    #[test]
    fn an_account_is_quoted() {
        let grant = Schema::new("t").unwrap().grant("o'ne\\", "%");
        assert_eq!(grant, "GRANT SELECT, INSERT, UPDATE, DELETE ON `t` TO 'o''ne\\\\'@'%'");
    }

    #[test]
    fn an_event_has_a_name_that_fits() {
        let event = Schema::new(&"x".repeat(64)).unwrap().drop_event();
        assert_eq!(event, format!("DROP EVENT IF EXISTS `{}_gc`", "x".repeat(61)));
        assert_eq!(Schema::new("d.t").unwrap().drop_event(), "DROP EVENT IF EXISTS `d`.`t_gc`");
    }
}
