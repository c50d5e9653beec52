//! The mark of an owner: what it ends stays dead although its row still exists, and whatever the clock does.

#![cfg(all(feature = "tokio", feature = "blocking"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

mod support;

use std::{num::NonZeroU32, time::Duration};

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{
        BlockingStore, Cap, CommitOutcome, CreateOutcome, DeleteOutcome, OnFull, Page, RotateOutcome,
        TouchOutcome,
    },
};
use session_mysql::{Schema, blocking::MysqlStore, maintenance::Maintenance};
use session_testservers::MariaDb;
use support::pair::{patient, revision, write};

const OWNER: Family = Family::from_bytes([0x81; 16]);
const OWNER_ROW: &str = "digest=REPEAT(CHAR(0),32)";
const DAY: u64 = 86_400_000;

fn start() -> (MariaDb, MysqlStore) {
    let server = MariaDb::start().unwrap();
    server.sql(&Schema::new("alo_session").unwrap().create_table()).unwrap();
    let store = patient(&server.url()).build_blocking().unwrap();
    (server, store)
}

fn key(byte: u8) -> StoreKey {
    StoreKey { family: OWNER, digest: Digest::from_bytes([byte; 32]) }
}

fn sign_in(store: &MysqlStore, byte: u8, cap: Option<u32>) -> CreateOutcome {
    let cap = cap.map(|max| Cap { max: NonZeroU32::new(max).unwrap(), on_full: OnFull::EvictOldest });
    store.create(&key(byte), write(1, b"signed in"), cap).unwrap()
}

fn created(evicted: &[u8]) -> CreateOutcome {
    CreateOutcome::Created { evicted: evicted.iter().map(|byte| key(*byte).digest).collect() }
}

fn listed(store: &MysqlStore) -> Vec<Digest> {
    let page = store.list(&OWNER, Page::default()).unwrap();
    page.sessions.into_iter().map(|(digest, _)| digest).collect()
}

fn number(server: &MariaDb, query: &str) -> i64 {
    server.sql(query).unwrap().trim().parse().unwrap()
}

/// The rows of the sessions 1 to `count`, as a revoke leaves them whose time is over.
fn leave_rows(server: &MariaDb, store: &MysqlStore, count: u8) {
    for byte in 1..=count {
        sign_in(store, byte, None);
    }
    server.sql("CREATE TABLE saved AS SELECT * FROM alo_session WHERE owned=1").unwrap();
    assert_eq!(store.revoke(&OWNER, None).unwrap(), u64::from(count));
    assert_eq!(number(server, "SELECT COUNT(*) FROM alo_session WHERE owned=1"), 0, "they are removed");
    server.sql("INSERT INTO alo_session SELECT * FROM saved; DROP TABLE saved").unwrap();
}

#[test]
fn a_row_that_a_revoke_left_is_dead_to_every_operation() {
    let (server, store) = start();
    leave_rows(&server, &store, 12);
    let stats = Maintenance::connect(&server.url(), None).unwrap().stats().unwrap();
    assert_eq!((stats.live, stats.owned, stats.expired, stats.oldest), (0, 0, 12, None));
    let (dead, next) = (key(1), write(2, b"late"));
    assert!(store.load(&dead).unwrap().is_none());
    assert_eq!(store.commit(&dead, revision(1), next).unwrap(), CommitOutcome::Gone);
    assert_eq!(store.touch(&dead, revision(1), Duration::from_secs(1)).unwrap(), TouchOutcome::Gone);
    for tombstone in [None, Some(write(3, b"moved"))] {
        assert_eq!(store.rotate(&dead, revision(1), &key(99), next, tombstone).unwrap(), RotateOutcome::Gone);
        for expected in [None, Some(revision(1)), Some(revision(7))] {
            assert_eq!(store.delete(&dead, expected, tombstone).unwrap(), DeleteOutcome::Gone);
        }
    }
    assert!(listed(&store).is_empty());
    let untouched =
        "SELECT COUNT(*) FROM alo_session WHERE owned=1 AND data='signed in' AND revision=REPEAT(CHAR(1),16)";
    assert_eq!(number(&server, untouched), 12, "nothing was written");
    // Its key is free, for a new session and for one that is rotated.
    assert_eq!(sign_in(&store, 1, None), created(&[]));
    assert_eq!(store.rotate(&dead, revision(1), &key(2), next, None).unwrap(), RotateOutcome::Written);
    assert_eq!(listed(&store), [key(2).digest]);
    // A cap counts the live ones only, and removes the others.
    assert_eq!(sign_in(&store, 100, Some(2)), created(&[]));
    assert_eq!(number(&server, "SELECT COUNT(*) FROM alo_session WHERE owned=1"), 2);
    assert_eq!(store.revoke(&OWNER, Some(&key(100).digest)).unwrap(), 1);
    assert_eq!(listed(&store), [key(100).digest]);
}

#[test]
fn a_revoke_removes_what_an_earlier_one_left() {
    let (server, store) = start();
    leave_rows(&server, &store, 3);
    assert_eq!(store.revoke(&OWNER, Some(&key(1).digest)).unwrap(), 0, "a dead session is not kept");
    assert!(listed(&store).is_empty());
    assert_eq!(number(&server, "SELECT COUNT(*) FROM alo_session"), 1, "the owner's row");
}

/// Who has no time for counting them all still ends them all, and tells of those that were seen.
#[test]
fn a_revoke_that_cannot_count_ends_all_sessions() {
    let (server, _) = start();
    let store =
        patient(&server.url()).response_timeout(Duration::from_secs(2)).budget(Duration::from_secs(60));
    let store = store.build_blocking().unwrap();
    sign_in(&store, 0xff, None);
    sign_in(&store, 0xfe, None);
    let numbers = "WITH RECURSIVE numbers AS (SELECT 1 i UNION ALL SELECT i+1 FROM numbers WHERE i<600)
        SELECT family,UNHEX(LPAD(HEX(i),64,'0')),revision,1,created_at-i,expires_at,0,data FROM alo_session, numbers
        WHERE digest=REPEAT(x'ff',32)";
    server.sql(&format!("INSERT INTO alo_session {numbers}")).unwrap();
    // The server needs ten seconds for each of the last rows.
    let slow = "RENAME TABLE alo_session TO slow_rows;
        CREATE VIEW alo_session AS SELECT * FROM slow_rows WHERE digest<REPEAT(x'f0',32) OR SLEEP(10)=0";
    server.sql(slow).unwrap();
    assert_eq!(store.revoke(&OWNER, None).unwrap(), 512);
    server.sql("DROP VIEW alo_session; RENAME TABLE slow_rows TO alo_session").unwrap();
    assert!(listed(&store).is_empty());
    assert!(store.load(&key(0xff)).unwrap().is_none());
    assert_eq!(sign_in(&store, 1, Some(1)), created(&[]));
}

#[test]
fn the_mark_outlives_what_it_ends() {
    let (server, store) = start();
    sign_in(&store, 1, None);
    let left = format!(
        "SELECT expires_at-TIMESTAMPDIFF(MICROSECOND,'1970-01-01',UTC_TIMESTAMP(3)) DIV 1000 FROM alo_session WHERE {OWNER_ROW}"
    );
    let day = i64::try_from(DAY).unwrap();
    assert!(number(&server, &left) <= day, "without a mark it goes after a day");
    leave_rows(&server, &store, 2);
    for _ in 0..2 {
        let left = number(&server, &left);
        assert!((400 * day..=401 * day).contains(&left), "{left} ms");
        // A sign-in does not shorten it.
        sign_in(&store, 3, None);
    }
    // The rows live for a hundred days more, and a sweep after two of them leaves the mark.
    let later = format!("UPDATE alo_session SET expires_at=expires_at+{}*owned-{}", 100 * DAY, 2 * DAY);
    server.sql(&later).unwrap();
    store.sweep(100).unwrap();
    assert_eq!(number(&server, "SELECT COUNT(*) FROM alo_session WHERE owned=1"), 3);
    assert_eq!(listed(&store), [key(3).digest]);
}

/// The clock was ahead for longer than the owner's row lived, and is right again.
#[test]
fn no_clock_that_is_set_back_saves_a_session_or_ends_another() {
    let (server, store) = start();
    let set_back = || {
        server.sql(&format!("UPDATE alo_session SET created_at=created_at+{}", 30 * DAY)).unwrap();
        server.sql(&format!("DELETE FROM alo_session WHERE {OWNER_ROW}")).unwrap();
    };
    for byte in 1..=3 {
        sign_in(&store, byte, None);
    }
    set_back();
    // The new one is the youngest all the same.
    assert_eq!(sign_in(&store, 4, Some(3)), created(&[1]));
    assert_eq!(sign_in(&store, 5, Some(3)), created(&[2]));
    assert_eq!(listed(&store), [5, 4, 3].map(|byte| key(byte).digest));
    set_back();
    assert_eq!(store.revoke(&OWNER, Some(&key(4).digest)).unwrap(), 2);
    assert_eq!(listed(&store), [key(4).digest]);
    sign_in(&store, 6, None);
    assert_eq!(listed(&store), [6, 4].map(|byte| key(byte).digest));
    // Two sessions of one stamp end together, and both are told.
    for byte in 7..=9 {
        sign_in(&store, byte, None);
    }
    let same = "SET @first=(SELECT MIN(created_at) FROM alo_session WHERE owned=1);
        UPDATE alo_session SET created_at=@first WHERE owned=1 AND digest<REPEAT(CHAR(8),32)";
    server.sql(same).unwrap();
    let CreateOutcome::Created { evicted } = sign_in(&store, 10, Some(5)) else { panic!("it is full") };
    assert_eq!(evicted, [4, 6, 7].map(|byte| key(byte).digest));
    assert_eq!(listed(&store), [10, 9, 8].map(|byte| key(byte).digest));
}

#[test]
fn a_cap_ends_more_than_a_few_by_the_mark() {
    let (server, store) = start();
    for byte in 1..=30 {
        sign_in(&store, byte, None);
    }
    let evicted: Vec<u8> = (1..=26).collect();
    assert_eq!(sign_in(&store, 31, Some(5)), created(&evicted));
    assert_eq!(listed(&store), [31, 30, 29, 28, 27].map(|byte| key(byte).digest));
    let mark = number(&server, &format!("SELECT mark FROM alo_session WHERE {OWNER_ROW}"));
    assert!(mark > 0);
    assert_eq!(
        number(&server, "SELECT COUNT(*) FROM alo_session WHERE owned=1"),
        5,
        "the others are removed"
    );
    // One at a time needs no mark.
    assert_eq!(sign_in(&store, 32, Some(5)), created(&[27]));
    assert_eq!(number(&server, &format!("SELECT mark FROM alo_session WHERE {OWNER_ROW}")), mark);
    for byte in 28..=32 {
        assert_eq!(store.commit(&key(byte), revision(1), write(2, b"more")).unwrap(), CommitOutcome::Written);
    }
}
