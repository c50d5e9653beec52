use session_sql::Table;

use crate::Postgres;

/// The SQL of the table that holds the sessions, for PostgreSQL 14 or newer. It does no I/O.
///
/// ```
/// use alo_session::postgres::Schema;
///
/// let schema = Schema::new("shop.alo_session")?;
/// assert!(schema.create_table().starts_with("CREATE TABLE IF NOT EXISTS \"shop\".\"alo_session\""));
/// let grant = schema.grant("app");
/// assert_eq!(grant, "GRANT SELECT, INSERT, UPDATE, DELETE ON \"shop\".\"alo_session\" TO \"app\"");
/// # Ok::<(), alo_session::postgres::BuildError>(())
/// ```
pub type Schema = session_sql::Schema<Postgres>;

/// What the table has beside its columns: room for HOT updates, and autovacuum that comes early.
pub(crate) const SETTINGS: [&str; 2] = ["fillfactor=80", "autovacuum_vacuum_scale_factor=0.05"];

/// The table with its index and its comment.
pub(crate) fn create_table(table: &Table) -> String {
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
         {index};\n\
         COMMENT ON TABLE {table} IS '{comment}'",
        index = create_index("", table),
        table = table.quoted::<Postgres>(),
        settings = SETTINGS.join(", "),
        comment = Schema::comment(),
    )
}

/// The same in one transaction that waits for another one like it: two would get in each other's way.
pub(crate) fn create_missing_table(table: &Table) -> String {
    // `alo-sess`, as a number.
    const LOCK: i64 = 0x616c_6f2d_7365_7373;
    format!("SELECT pg_advisory_xact_lock({LOCK});\n{}", create_table(table))
}

#[cfg(feature = "blocking")]
pub(crate) fn create_index_beside_writers(table: &Table) -> String {
    create_index("CONCURRENTLY ", table)
}

/// The index is in the schema of its table. A name has 63 bytes.
fn create_index(how: &str, table: &Table) -> String {
    let name = table.name.get(..55).unwrap_or(&table.name);
    let table = table.quoted::<Postgres>();
    format!("CREATE INDEX {how}IF NOT EXISTS \"{name}_expires\" ON {table} (expires_hour)")
}

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
