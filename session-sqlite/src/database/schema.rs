use rusqlite::{Connection, Transaction, TransactionBehavior};
use session_core::store::StoreErrorKind;

use crate::failure::{Failure, Result};

/// What marks the file as one of this store, in `application_id`: "aloS".
const APPLICATION: i64 = 0x616c_6f53;

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

/// What makes each version of the schema out of the one before. The version of a file is in `user_version`.
const VERSIONS: &[&str] = &[CREATE];

/// Makes the table, or brings it up to this release. A file of another program is left as it is.
pub(crate) fn prepare(connection: &Connection) -> Result<()> {
    bring_up(connection, VERSIONS)
}

/// Returns whether nothing is in the file yet. Fails unless this release may use it.
pub(super) fn is_empty(connection: &Connection) -> Result<bool> {
    Ok(look(connection, VERSIONS.len())? == 0)
}

fn bring_up(connection: &Connection, versions: &[&str]) -> Result<()> {
    if look(connection, versions.len())? == versions.len() {
        return Ok(());
    }
    // Another process may be doing the same.
    let change = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    let done = version(&change, versions.len())?;
    for next in versions.iter().skip(done) {
        change.execute_batch(next)?;
    }
    change.pragma_update(None, "application_id", APPLICATION)?;
    change.pragma_update(None, "user_version", i64::try_from(versions.len()).unwrap_or(i64::MAX))?;
    Ok(change.commit()?)
}

/// Looks within one transaction, because another process may make the table between two looks.
fn look(connection: &Connection, known: usize) -> Result<usize> {
    version(&*connection.unchecked_transaction()?, known)
}

/// Returns the version of the file, which is 0 if it is empty.
fn version(connection: &Connection, known: usize) -> Result<usize> {
    let number = |sql| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    // The first look at the file, which fails if it is none of SQLite.
    let application = number("PRAGMA application_id")?;
    let found = usize::try_from(number("PRAGMA user_version")?).unwrap_or_default();
    let unsupported = match application {
        APPLICATION if (1..=known).contains(&found) => return Ok(found),
        APPLICATION if found > known => {
            format!("the file has schema {found}, and this release knows {known}: use a newer release")
        }
        0 if found == 0 && number("SELECT COUNT(*) FROM sqlite_schema")? == 0 => return Ok(0),
        _ => "the file is the database of another program: name another file".to_owned(),
    };
    Err(Failure::found(StoreErrorKind::Unsupported, unsupported))
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
        let newer =
            [CREATE, "ALTER TABLE session ADD COLUMN a INTEGER", "ALTER TABLE session ADD COLUMN b INTEGER"];
        // The second from the version of the first, and then nothing is done again.
        bring_up(&connection, &newer[..2]).unwrap();
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
        assert!(
            bring_up(&connection, &[CREATE, "ALTER TABLE session ADD COLUMN a INTEGER; nonsense"]).is_err()
        );
        assert!(connection.is_autocommit());
        bring_up(&connection, &[CREATE, "ALTER TABLE session ADD COLUMN a INTEGER"]).unwrap();
    }
}
