use rusqlite::Connection;

use crate::failure::Failure;

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

/// What has been done to the schema since version 1, each from one version to the next. The version is in `user_version`.
const MIGRATIONS: &[&str] = &[];

/// What a file is to this store.
enum Kind {
    Empty,
    /// Made by an older release, which has done so many of the migrations.
    Older {
        done: usize,
    },
    Current,
}

/// Makes the table, or brings it up to this release. A file of another program is left as it is.
pub(crate) fn prepare(connection: &Connection) -> Result<(), Failure> {
    bring_up(connection, MIGRATIONS)
}

/// Returns whether nothing is in the file yet. Fails unless this release may use it.
pub(crate) fn is_empty(connection: &Connection) -> Result<bool, Failure> {
    Ok(matches!(kind(connection, MIGRATIONS)?, Kind::Empty))
}

fn bring_up(connection: &Connection, migrations: &[&str]) -> Result<(), Failure> {
    if matches!(kind(connection, migrations)?, Kind::Current) {
        return Ok(());
    }
    // Another process may be doing the same.
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let prepared = change(connection, migrations).and_then(|()| Ok(connection.execute_batch("COMMIT")?));
    if prepared.is_err() && !connection.is_autocommit() {
        connection.execute_batch("ROLLBACK")?;
    }
    prepared
}

fn change(connection: &Connection, migrations: &[&str]) -> Result<(), Failure> {
    let pending = match kind(connection, migrations)? {
        Kind::Empty => {
            connection.execute_batch(CREATE)?;
            connection.pragma_update(None, "application_id", APPLICATION)?;
            migrations
        }
        Kind::Older { done } => migrations.get(done..).unwrap_or_default(),
        Kind::Current => return Ok(()),
    };
    for migration in pending {
        connection.execute_batch(migration)?;
    }
    let version = i64::try_from(migrations.len() + 1).unwrap_or(i64::MAX);
    Ok(connection.pragma_update(None, "user_version", version)?)
}

/// Looks within one transaction, because another process may make the table between two looks.
fn kind(connection: &Connection, migrations: &[&str]) -> Result<Kind, Failure> {
    connection.execute_batch("SAVEPOINT look")?;
    let found = look(connection, migrations);
    connection.execute_batch("RELEASE look")?;
    found
}

fn look(connection: &Connection, migrations: &[&str]) -> Result<Kind, Failure> {
    let number = |sql| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    // The first look at the file, which fails if it is none of SQLite.
    let application = number("PRAGMA application_id")?;
    let version = number("PRAGMA user_version")?;
    let (found, known) = (usize::try_from(version).unwrap_or_default(), migrations.len() + 1);
    if application == APPLICATION && found > known {
        return Err(Failure::Unsupported(format!(
            "the file has schema {found}, and this release knows {known}: use a newer release"
        )));
    }
    if application == APPLICATION && found >= 1 {
        return Ok(if found == known { Kind::Current } else { Kind::Older { done: found - 1 } });
    }
    if application == 0 && version == 0 && number("SELECT COUNT(*) FROM sqlite_schema")? == 0 {
        return Ok(Kind::Empty);
    }
    Err(Failure::Unsupported("the file is the database of another program: name another file".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_schema_is_brought_up_to_date_and_keeps_its_rows() {
        let connection = Connection::open_in_memory().unwrap();
        prepare(&connection).unwrap();
        let insert = "INSERT INTO session VALUES (x'01', x'02', x'03', NULL, 4, x'05')";
        connection.execute_batch(insert).unwrap();
        let newer = ["ALTER TABLE session ADD COLUMN a INTEGER", "ALTER TABLE session ADD COLUMN b INTEGER"];
        // The second from the version of the first, and then nothing is done again.
        bring_up(&connection, &newer[..1]).unwrap();
        bring_up(&connection, &newer).unwrap();
        bring_up(&connection, &newer).unwrap();
        let found = connection.query_row("SELECT expires, a, b FROM session", [], |row| row.get(0));
        assert_eq!(found, Ok(4));
        let refused = prepare(&connection).unwrap_err().to_string();
        assert!(refused.contains("schema 3, and this release knows 1"), "{refused}");
    }

    #[test]
    fn a_change_of_the_schema_that_fails_leaves_the_older_one() {
        let connection = Connection::open_in_memory().unwrap();
        prepare(&connection).unwrap();
        assert!(bring_up(&connection, &["ALTER TABLE session ADD COLUMN a INTEGER; nonsense"]).is_err());
        assert!(connection.is_autocommit());
        bring_up(&connection, &["ALTER TABLE session ADD COLUMN a INTEGER"]).unwrap();
    }
}
