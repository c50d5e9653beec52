use std::time::Duration;

use session_sql::{Sql, Table};

use crate::{Mysql, dialect::NOW};

/// The SQL of the table that holds the sessions, for MySQL 8 and MariaDB 10.6 or newer. It does no I/O.
///
/// ```
/// use alo_session::mysql::Schema;
///
/// let schema = Schema::new("shop.alo_session")?;
/// assert!(schema.create_table().starts_with("CREATE TABLE IF NOT EXISTS `shop`.`alo_session`"));
/// let grant = schema.grant("shop@10.0.0.%");
/// assert_eq!(grant, "GRANT SELECT, INSERT, UPDATE, DELETE ON `shop`.`alo_session` TO 'shop'@'10.0.0.%'");
/// # Ok::<(), alo_session::mysql::BuildError>(())
/// ```
pub type Schema = session_sql::Schema<Mysql>;

/// The SQL of the event of the server that removes expired sessions from a table. It does no I/O. The server runs events only
/// with `event_scheduler=ON`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    table: Table,
}

impl Event {
    /// The event of this table. It is beside the table, and its name ends with `_gc`.
    #[must_use]
    pub fn of(schema: &Schema) -> Self {
        Self { table: schema.table().clone() }
    }

    /// Returns the statement that creates the event. It runs every `every` (in whole seconds, at least one) and removes batches
    /// of `batch` rows. Two of its runs never overlap. It counts before it deletes, because a deletion that runs out of expired
    /// rows would lock the next live one. To change an event, [drop](Self::drop_if_exists) it first.
    #[must_use]
    pub fn create(&self, every: Duration, batch: u32) -> String {
        let (event, table) = (self.name().quoted::<Mysql>(), self.table.quoted::<Mysql>());
        let (seconds, batch) = (every.as_secs().max(1), batch.max(1));
        // The server's locks are those of all its databases, and an event runs in its own. A hash has the 64 characters that a
        // name may have.
        let lock = format!("SHA2(CONCAT(DATABASE(),'.{} gc'),256)", self.table.name);
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
            comment = Schema::comment(),
        )
    }

    /// Returns the statement that drops the event if it exists.
    #[must_use]
    pub fn drop_if_exists(&self) -> String {
        format!("DROP EVENT IF EXISTS {}", self.name().quoted::<Mysql>())
    }

    /// Finds the event in `information_schema.events`.
    #[cfg(feature = "blocking")]
    pub(crate) fn place(&self) -> String {
        crate::maintenance::place("event", &self.name())
    }

    /// A name may not be longer than 64 bytes.
    fn name(&self) -> Table {
        let Table { database, name } = self.table.clone();
        Table { database, name: format!("{}_gc", name.get(..61).unwrap_or(&name)) }
    }
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
            assert_eq!(Schema::of_url(url, table).unwrap().table().quoted::<Mysql>(), name, "{url}");
        }
        assert!(Schema::of_url("mysql://h/d?table=a b", None).is_err());
    }

    #[test]
    fn an_account_is_quoted() {
        let grant = Schema::new("t").unwrap().grant("o'ne\\@%");
        assert_eq!(grant, "GRANT SELECT, INSERT, UPDATE, DELETE ON `t` TO 'o''ne\\\\'@'%'");
    }

    #[test]
    fn an_event_has_a_name_that_fits() {
        let drop = |table: &str| Event::of(&Schema::new(table).unwrap()).drop_if_exists();
        assert_eq!(drop(&"x".repeat(64)), format!("DROP EVENT IF EXISTS `{}_gc`", "x".repeat(61)));
        assert_eq!(drop("d.t"), "DROP EVENT IF EXISTS `d`.`t_gc`");
    }
}
