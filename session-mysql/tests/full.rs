//! A server that takes no writes, and one whose tables have no more room: every operation, for both kinds of session. What is
//! refused has changed nothing.

#![cfg(all(feature = "tokio", feature = "blocking"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "test code that prints its table"
)]

use std::{fmt::Debug, num::NonZeroU32, time::Duration};

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{
        Applied, BlockingStore as _, Cap, CreateOutcome, OnFull, Page, Revision, StoreError, StoreErrorKind,
        Stored, Write,
    },
};
use session_mysql::{Schema, blocking::MysqlStore};
use session_testservers::MariaDb;

const OLD: Revision = Revision::from_bytes([1; 16]);
const NEXT: Revision = Revision::from_bytes([2; 16]);
const TTL: Duration = Duration::from_hours(1);
/// More than a page, so that what stores it needs room.
static LARGE: [u8; 300_000] = [7; 300_000];

/// The key of a session with this number.
type KeyOf = fn(u8) -> StoreKey;

fn anonymous(byte: u8) -> StoreKey {
    let family = Family::anonymous(&Digest::from_bytes([0; 32]));
    StoreKey { family, digest: Digest::from_bytes([byte; 32]) }
}

fn owned(byte: u8) -> StoreKey {
    StoreKey { family: Family::of_owner("ada", None), digest: Digest::from_bytes([byte; 32]) }
}

fn small(next: Revision) -> Write<'static> {
    Write { next, data: b"data", ttl: TTL }
}

fn large(next: Revision) -> Write<'static> {
    Write { next, data: &LARGE, ttl: TTL }
}

fn tombstone() -> Option<Write<'static>> {
    Some(Write { next: Revision::from_bytes([3; 16]), data: b"moved", ttl: Duration::from_secs(60) })
}

fn told<T: Debug>(outcome: Result<T, StoreError>) -> Result<String, StoreError> {
    outcome.map(|outcome| format!("{outcome:?}").split([' ', '(']).next().unwrap_or_default().to_owned())
}

/// One operation, and whether it only reads.
type Act = fn(&MysqlStore, KeyOf) -> Result<String, StoreError>;

const TABLE: [(&str, bool, Act); 11] = [
    ("create", false, |store, key| told(store.create(&key(9), large(NEXT), None))),
    ("create at a cap", false, |store, key| {
        let cap = Cap { max: NonZeroU32::MIN.saturating_add(1), on_full: OnFull::EvictOldest };
        told(store.create(&key(9), large(NEXT), Some(cap)))
    }),
    ("commit", false, |store, key| told(store.commit(&key(1), OLD, large(NEXT)))),
    ("touch", false, |store, key| told(store.touch(&key(1), OLD, 2 * TTL))),
    ("rotate", false, |store, key| told(store.rotate(&key(1), OLD, &key(9), large(NEXT), None))),
    ("rotate with tombstone", false, |store, key| {
        told(store.rotate(&key(1), OLD, &key(9), large(NEXT), tombstone()))
    }),
    ("load", true, |store, key| told(store.load(&key(1)))),
    ("list", true, |store, key| told(store.list(&key(1).family, Page::default()))),
    ("delete", false, |store, key| told(store.delete(&key(1), Some(OLD), None))),
    ("delete with tombstone", false, |store, key| told(store.delete(&key(1), Some(OLD), tombstone()))),
    ("revoke", false, |store, key| told(store.revoke(&key(1).family, None))),
];

struct Site {
    server: MariaDb,
    store: MysqlStore,
}

impl Site {
    fn new(settings: &[&str]) -> Self {
        let builder = settings.iter().fold(MariaDb::builder(), |builder, line| builder.config(*line));
        let server = builder.start().unwrap();
        server.sql(&Schema::new("alo_session").unwrap().create_table()).unwrap();
        // Many refusals do not apply to administrators.
        server.sql("CREATE USER 'app'@'%' IDENTIFIED BY 'geheim'").unwrap();
        server.sql(&Schema::new("alo_session").unwrap().grant("app@%")).unwrap();
        let url = format!("mysql://app:geheim@{}/{}", server.address(), MariaDb::DATABASE);
        let builder = MysqlStore::builder(&url).response_timeout(Duration::from_secs(60));
        let store = builder.budget(Duration::from_secs(120)).build_blocking().unwrap();
        Self { server, store }
    }

    /// Two sessions of each kind.
    fn begin(&self) {
        for key in [anonymous(1), anonymous(2), owned(1), owned(2)] {
            let created = self.store.create(&key, small(OLD), None).unwrap();
            assert!(matches!(created, CreateOutcome::Created { .. }));
        }
    }

    /// What the store holds under the keys that the operations use, without the time that passes.
    fn everything(&self) -> Vec<Option<(Revision, usize)>> {
        let known = |stored: Stored| (stored.revision, stored.data.len());
        let keys = [anonymous(1), anonymous(2), anonymous(9), owned(1), owned(2), owned(9)];
        keys.iter().map(|key| self.store.load(key).unwrap().map(known)).collect()
    }

    /// Tries each operation. What is refused must have changed nothing.
    fn walk(&self, kind: StoreErrorKind) {
        let kinds: [(&str, KeyOf); 2] = [("anonymous", anonymous), ("owned", owned)];
        for (name, only_reads, act) in TABLE {
            for (of, key) in kinds {
                let before = self.everything();
                let answer = act(&self.store, key);
                println!("{name:24} {of:10} {}", answer.as_ref().map_or("refused", |answer| answer));
                match answer {
                    Ok(_) => {
                        // An anonymous family has nothing to end.
                        let asks_nothing = name == "revoke" && of == "anonymous";
                        assert!(only_reads || asks_nothing, "{name}, {of}");
                    }
                    Err(error) => {
                        assert!(!only_reads, "{name}, {of}: {error:?}");
                        assert_eq!(
                            (error.kind(), error.applied()),
                            (kind, Applied::No),
                            "{name}, {of}: {error:?}"
                        );
                        assert_eq!(self.everything(), before, "{name}, {of}");
                    }
                }
            }
        }
    }
}

#[test]
fn a_server_that_takes_no_writes_refuses_each_and_loses_nothing() {
    let site = Site::new(&[]);
    site.begin();
    site.server.sql("SET GLOBAL read_only=1").unwrap();
    site.walk(StoreErrorKind::ReadOnly);
}

/// All tables are in one file that must not grow. InnoDB needs room for whatever it must be able to roll back, so it refuses a
/// `DELETE` too.
#[test]
fn a_server_without_room_refuses_each_write_and_loses_nothing() {
    let site =
        Site::new(&["innodb_file_per_table=0", "innodb_data_file_path=ibdata1:12M:autoextend:max:20M"]);
    site.begin();
    site.server.sql("CREATE TABLE filler (id INT AUTO_INCREMENT PRIMARY KEY, data LONGBLOB)").unwrap();
    for size in [1_000_000, 100_000, 10_000, 100] {
        while site.server.sql(&format!("INSERT INTO filler (data) VALUES (REPEAT('x',{size}))")).is_ok() {}
    }
    site.walk(StoreErrorKind::OutOfSpace);
}
