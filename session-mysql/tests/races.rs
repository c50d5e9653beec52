//! Races that the owner's row decides, which creates, rotations and revokes lock.

#![cfg(all(feature = "tokio", feature = "blocking"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

mod support;

use std::{
    thread,
    time::{Duration, Instant},
};

use mysql::{Conn, prelude::Queryable as _};
use session_core::{
    id::{Digest, Family, StoreKey},
    store::{BlockingStore, RotateOutcome, Store},
};
use session_mysql::Schema;
use session_testservers::MariaDb;
use support::pair::{BOUND, Pair, patient, revision, write};

/// Without the row, at READ COMMITTED, the revoke's scan waits for a session that another request is writing. A rotation moves
/// the next session to a key that the scan has passed already, so the revoke misses it.
#[test]
fn a_revoke_ends_a_session_that_is_being_rotated() {
    let server = MariaDb::start().unwrap();
    server.sql(&Schema::new("alo_session").unwrap().create_table()).unwrap();
    let patience = Duration::from_secs(30);
    let builder = patient(&server.url()).response_timeout(patience).budget(patience);
    let stores = Pair::of(&builder);
    let mut writer = Conn::new(&*server.url()).unwrap();

    for (owner, nonblocking, tombstone) in
        [(0x81, true, false), (0x82, true, true), (0x83, false, false), (0x84, false, true)]
    {
        let family = Family::from_bytes([owner; 16]);
        let key = |byte| StoreKey { family, digest: Digest::from_bytes([byte; 32]) };
        let (to, busy, from) = (key(1), key(5), key(9));
        for key in [&busy, &from] {
            BlockingStore::create(&stores.blocking, key, write(1, b"signed in"), None).unwrap();
        }
        writer.query_drop("BEGIN").unwrap();
        let named = (&family.as_bytes()[..], &busy.digest.as_bytes()[..]);
        writer.exec_drop("SELECT 1 FROM alo_session WHERE family=? AND digest=? FOR UPDATE", named).unwrap();

        let ended = thread::scope(|scope| {
            let revoke = scope.spawn(|| BlockingStore::revoke(&stores.blocking, &family, None));
            wait_until(|| waiting(&server) == 1);
            let rotation = scope.spawn(|| {
                let (next, tombstone) = (write(2, b"rotated"), tombstone.then(|| write(3, b"moved")));
                if nonblocking {
                    let rotated =
                        Store::rotate(&stores.nonblocking, &from, revision(1), &to, next, tombstone);
                    stores.runtime.block_on(rotated)
                } else {
                    BlockingStore::rotate(&stores.blocking, &from, revision(1), &to, next, tombstone)
                }
            });
            wait_until(|| rotation.is_finished() || waiting(&server) == 2);
            writer.query_drop("ROLLBACK").unwrap();
            let ended = revoke.join().unwrap();
            assert_eq!(rotation.join().unwrap().unwrap(), RotateOutcome::Gone, "the session had ended");
            ended
        });
        assert_eq!(ended.unwrap(), 2);
        assert!(BlockingStore::load(&stores.blocking, &to).unwrap().is_none(), "the rotated session lives");
    }
}

/// How many transactions wait for a lock.
fn waiting(server: &MariaDb) -> u32 {
    let count = "SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_state='LOCK WAIT'";
    server.sql(count).unwrap().trim().parse().unwrap()
}

fn wait_until(is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < BOUND, "it does not happen");
        // The server caches this table for 100 ms.
        thread::sleep(Duration::from_millis(150));
    }
}
