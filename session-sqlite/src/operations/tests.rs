//! How many statements each operation takes, and how SQLite finds its rows.

use std::{cell::Cell, num::NonZeroU32, time::Duration};

use rusqlite::{
    Connection,
    trace::{TraceEvent, TraceEventCodes},
};
use session_core::{
    id::{Digest, Family, StoreKey},
    store::{Call, Cap, OnFull, Page, Revision, Write},
};

use super::{Step, change, create, family, record, rotate, sweep};
use crate::database::prepare;

thread_local! {
    static STATEMENTS: Cell<u32> = const { Cell::new(0) };
}

const OWNER: Family = Family::from_bytes([0x81; 16]);

fn connection() -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    prepare(&connection).unwrap();
    connection
}

fn key(number: u8) -> StoreKey {
    StoreKey { family: OWNER, digest: Digest::from_bytes([number; 32]) }
}

fn revision(number: u8) -> Revision {
    Revision::from_bytes([number; 16])
}

fn write(number: u8) -> Write<'static> {
    Write { next: revision(number), data: b"data", ttl: Duration::from_secs(60) }
}

fn statements(connection: &Connection, now: i64, call: Call<'_>) -> u32 {
    STATEMENTS.set(0);
    Step::new(connection, now).perform(call).unwrap();
    STATEMENTS.get()
}

#[test]
fn each_operation_takes_as_many_statements_as_the_readme_says() {
    assert!(OWNER.is_owned());
    let mut connection = connection();
    let count = |event: TraceEvent<'_>| {
        if matches!(event, TraceEvent::Stmt(..)) {
            STATEMENTS.set(STATEMENTS.get() + 1);
        }
    };
    connection.trace_v2(TraceEventCodes::SQLITE_TRACE_STMT, Some(count)).unwrap();
    let cap = |max| Some(Cap { max: NonZeroU32::new(max).unwrap(), on_full: OnFull::EvictOldest });
    let (expected, ttl) = (revision(1), Duration::from_secs(60));
    let rotation = |from, to, tombstone| Call::Rotate {
        from: key(from),
        expected: revision(2),
        to: key(to),
        write: write(2),
        tombstone,
    };
    for (call, most) in [
        (Call::Create { key: key(1), write: write(1), cap: None }, 1),
        (Call::Load { key: key(1) }, 1),
        (Call::Touch { key: key(1), expected, ttl }, 1),
        (Call::Commit { key: key(1), expected, replaced: None, write: write(2) }, 1),
        (Call::Commit { key: key(1), expected, replaced: None, write: write(3) }, 2),
        (Call::List { family: OWNER, page: Page::default() }, 1),
        (rotation(1, 2, None), 4),
        (rotation(2, 3, Some(write(9))), 5),
        (Call::Create { key: key(4), write: write(1), cap: cap(2) }, 3),
        (Call::Create { key: key(5), write: write(1), cap: cap(2) }, 4),
        (Call::Delete { key: key(5), expected: None, tombstone: Some(write(9)) }, 1),
        (Call::Delete { key: key(5), expected: None, tombstone: None }, 1),
        (Call::Delete { key: key(5), expected: None, tombstone: None }, 2),
        (Call::Revoke { family: OWNER, keep: None }, 1),
        (Call::Create { key: key(6), write: write(1), cap: None }, 1),
        (Call::Sweep { limit: 5 }, 1),
    ] {
        assert_eq!(statements(&connection, 1000, call), most, "{call:?}");
    }
    assert_eq!(statements(&connection, 1_000_000, Call::Sweep { limit: 5 }), 2);
}

#[test]
fn every_statement_finds_its_rows_by_an_index() {
    let connection = connection();
    for (sql, index) in [
        (record::LOAD, "sqlite_autoindex_session_1 (family=? AND digest=?)"),
        (create::INSERT_OWNED, "session_age (family=?"),
        (create::TOO_MANY, "session_age (family=?"),
        (create::REMOVE, "sqlite_autoindex_session_1 (family=? AND digest=?)"),
        (change::COMMIT, "sqlite_autoindex_session_1 (family=? AND digest=?)"),
        (change::TOUCH, "sqlite_autoindex_session_1 (family=? AND digest=?)"),
        (change::DELETE, "sqlite_autoindex_session_1 (family=? AND digest=?)"),
        (change::LEAVE_TOMBSTONE, "sqlite_autoindex_session_1 (family=? AND digest=?)"),
        (rotate::MOVE, "sqlite_autoindex_session_1 (family=? AND digest=?)"),
        (family::LIST, "session_age (family=? AND age>? AND age<?)"),
        (family::REVOKE, "sqlite_autoindex_session_1 (family=?"),
        (sweep::SWEEP, "COVERING INDEX session_expires (expires<?)"),
    ] {
        let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let parameters = vec![rusqlite::types::Null; statement.parameter_count()];
        let steps = statement.query_map(rusqlite::params_from_iter(parameters), |row| row.get(3)).unwrap();
        let plan = steps.collect::<Result<Vec<String>, _>>().unwrap().join("; ");
        assert!(plan.contains(index), "{sql}: {plan}");
        // Neither reads the whole table nor sorts.
        assert!(!plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{sql}: {plan}");
    }
}
