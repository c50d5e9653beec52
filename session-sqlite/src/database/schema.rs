use rusqlite::Connection;

use crate::failure::Failure;

/// The version of the schema that this release reads and writes, in `user_version`.
pub(crate) const VERSION: i64 = 1;
/// What marks the file as one of this store, in `application_id`: "aloS".
pub(crate) const APPLICATION: i64 = 0x616c_6f53;

/// A session of an owner has an age, its place among the others; an anonymous session and a tombstone have none.
const CREATE: &str = "\
CREATE TABLE session (
  family BLOB NOT NULL,
  digest BLOB NOT NULL,
  revision BLOB NOT NULL,
  age INTEGER,
  expires INTEGER NOT NULL,
  data BLOB NOT NULL,
  PRIMARY KEY (family, digest)
) STRICT;
CREATE UNIQUE INDEX session_age ON session (family, age) WHERE age IS NOT NULL;
CREATE INDEX session_expires ON session (expires);";

/// What has been done to the schema since version 1, each from one version to the next.
const MIGRATIONS: [&str; 0] = [];

/// What a file is to this store.
enum Kind {
    Empty,
    /// Made by this store, by this version of the schema.
    Ours(i64),
}

/// Makes the table, or brings it up to this release. A file of another program is left as it is.
pub(crate) fn prepare(connection: &Connection) -> Result<(), Failure> {
    if matches!(kind(connection)?, Kind::Ours(VERSION)) {
        return Ok(());
    }
    // Another process may be doing the same.
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let prepared = change(connection).and_then(|()| Ok(connection.execute_batch("COMMIT")?));
    if prepared.is_err() && !connection.is_autocommit() {
        connection.execute_batch("ROLLBACK")?;
    }
    prepared
}

/// Fails unless the file is empty or one of this store that this release understands.
pub(crate) fn check(connection: &Connection) -> Result<(), Failure> {
    kind(connection).map(drop)
}

fn change(connection: &Connection) -> Result<(), Failure> {
    let pending = match kind(connection)? {
        Kind::Empty => {
            connection.execute_batch(CREATE)?;
            connection.pragma_update(None, "application_id", APPLICATION)?;
            &[][..]
        }
        Kind::Ours(version) => {
            let done = usize::try_from(version - 1).unwrap_or(usize::MAX);
            MIGRATIONS.get(done..).unwrap_or_default()
        }
    };
    for migration in pending {
        connection.execute_batch(migration)?;
    }
    Ok(connection.pragma_update(None, "user_version", VERSION)?)
}

fn kind(connection: &Connection) -> Result<Kind, Failure> {
    let number = |sql| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    // The first look at the file, which fails if it is none of SQLite.
    let application = number("PRAGMA application_id")?;
    let version = number("PRAGMA user_version")?;
    if application == APPLICATION && version > VERSION {
        return Err(Failure::Unsupported(format!(
            "the file has schema {version}, and this release knows {VERSION}: use a newer release"
        )));
    }
    if application == APPLICATION && version >= 1 {
        return Ok(Kind::Ours(version));
    }
    if application == 0 && version == 0 && number("SELECT COUNT(*) FROM sqlite_schema")? == 0 {
        return Ok(Kind::Empty);
    }
    Err(Failure::Unsupported("the file is the database of another program: name another file".to_owned()))
}
