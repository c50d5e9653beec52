//! Races that the owner's row decides: creates and revokes lock it, and its mark says which sessions have ended.

#![cfg(all(feature = "tokio", feature = "blocking"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

mod support;

use std::{
    num::NonZeroU32,
    thread,
    time::{Duration, Instant},
};

use mysql::{Conn, prelude::Queryable as _};
use session_core::{
    id::{Digest, Family, StoreKey},
    store::{
        BlockingStore, Cap, CommitOutcome, CreateOutcome, OnFull, Page, RotateOutcome, Store, TouchOutcome,
    },
};
use session_mysql::Schema;
use session_testservers::MariaDb;
use support::pair::{BOUND, Pair, patient, revision, write};

const PATIENCE: Duration = Duration::from_secs(30);

struct Scene {
    server: MariaDb,
    stores: Pair,
    /// Somebody else, in a transaction.
    writer: Conn,
}

impl Scene {
    fn new() -> Self {
        let server = MariaDb::start().unwrap();
        server.sql(&Schema::new("alo_session").unwrap().create_table()).unwrap();
        let stores = Pair::of(&patient(&server.url()).response_timeout(PATIENCE).budget(PATIENCE * 2));
        let writer = Conn::new(&*server.url()).unwrap();
        Self { server, stores, writer }
    }

    fn holds(&mut self, key: &StoreKey) {
        self.writer.query_drop("BEGIN").unwrap();
        let named = (&key.family.as_bytes()[..], &key.digest.as_bytes()[..]);
        let lock = "SELECT 1 FROM alo_session WHERE family=? AND digest=? FOR UPDATE";
        assert_eq!(self.writer.exec_first(lock, named).unwrap(), Some(1));
    }

    fn lets_go(&mut self) {
        self.writer.query_drop("ROLLBACK").unwrap();
    }

    /// Waits until this many transactions wait for a lock.
    fn wait_for(server: &MariaDb, waiting: u32) {
        let waits = || server.sql("SHOW GLOBAL STATUS LIKE 'Innodb_row_lock_current_waits'").unwrap();
        let began = Instant::now();
        while waits().trim().rsplit('\t').next() != Some(&*waiting.to_string()) {
            assert!(began.elapsed() < BOUND, "it does not happen");
            thread::sleep(Duration::from_millis(20));
        }
    }
}

fn key(family: Family, byte: u8) -> StoreKey {
    StoreKey { family, digest: Digest::from_bytes([byte; 32]) }
}

fn evicting(max: u32) -> Option<Cap> {
    Some(Cap { max: NonZeroU32::new(max).unwrap(), on_full: OnFull::EvictOldest })
}

fn rotate(
    stores: &Pair,
    nonblocking: bool,
    from: &StoreKey,
    to: &StoreKey,
    tombstone: bool,
) -> RotateOutcome {
    let (next, tombstone) = (write(2, b"rotated"), tombstone.then(|| write(3, b"moved")));
    if nonblocking {
        let rotated = Store::rotate(&stores.nonblocking, from, revision(1), to, next, tombstone);
        stores.runtime.block_on(rotated).unwrap()
    } else {
        BlockingStore::rotate(&stores.blocking, from, revision(1), to, next, tombstone).unwrap()
    }
}

/// A scan that deletes would wait for the session, and miss the key to which the rotation moves it.
#[test]
fn a_revoke_ends_a_session_that_is_being_rotated() {
    let mut scene = Scene::new();
    // The rotation came first. MariaDB looks at the mark before it waits for the row, MySQL when it has the row.
    let is_mariadb = scene.server.sql("SELECT VERSION()").unwrap().contains("MariaDB");
    let rotated = if is_mariadb { RotateOutcome::Written } else { RotateOutcome::Gone };
    for (owner, nonblocking, tombstone) in
        [(0x81, true, false), (0x82, true, true), (0x83, false, false), (0x84, false, true)]
    {
        let family = Family::from_bytes([owner; 16]);
        let (to, from) = (key(family, 1), key(family, 9));
        BlockingStore::create(&scene.stores.blocking, &from, write(1, b"signed in"), None).unwrap();
        scene.holds(&from);
        let (server, stores, writer) = (&scene.server, &scene.stores, &mut scene.writer);
        thread::scope(|scope| {
            let rotation = scope.spawn(|| rotate(stores, nonblocking, &from, &to, tombstone));
            Scene::wait_for(server, 1);
            let revoke = scope.spawn(|| BlockingStore::revoke(&stores.blocking, &family, None).unwrap());
            // It waits for nothing but the row, which it would remove.
            Scene::wait_for(server, 2);
            assert!(BlockingStore::load(&stores.blocking, &from).unwrap().is_none(), "it has ended");
            writer.query_drop("ROLLBACK").unwrap();
            assert_eq!(rotation.join().unwrap(), rotated);
            assert_eq!(revoke.join().unwrap(), 1);
        });
        let stores = &scene.stores;
        assert!(BlockingStore::load(&stores.blocking, &to).unwrap().is_none(), "the rotated session lives");
        let commit = BlockingStore::commit(&stores.blocking, &to, revision(2), write(4, b"late"));
        assert_eq!(commit.unwrap(), CommitOutcome::Gone);
        assert_eq!(BlockingStore::revoke(&stores.blocking, &family, None).unwrap(), 0);
    }
}

#[test]
fn a_cap_ends_a_session_that_is_being_rotated() {
    let mut scene = Scene::new();
    for (owner, nonblocking, tombstone) in [(0x81, true, false), (0x82, false, true)] {
        let family = Family::from_bytes([owner; 16]);
        let (to, from, young, new) = (key(family, 1), key(family, 9), key(family, 5), key(family, 7));
        for key in [&from, &young] {
            BlockingStore::create(&scene.stores.blocking, key, write(1, b"signed in"), None).unwrap();
        }
        scene.holds(&from);
        let (server, stores, writer) = (&scene.server, &scene.stores, &mut scene.writer);
        thread::scope(|scope| {
            let rotation = scope.spawn(|| rotate(stores, nonblocking, &from, &to, tombstone));
            Scene::wait_for(server, 1);
            let sign_in = || BlockingStore::create(&stores.blocking, &new, write(1, b"new"), evicting(2));
            let create = scope.spawn(sign_in);
            Scene::wait_for(server, 2);
            writer.query_drop("ROLLBACK").unwrap();
            assert_eq!(rotation.join().unwrap(), RotateOutcome::Written, "it came first");
            let evicted = vec![from.digest];
            assert_eq!(create.join().unwrap().unwrap(), CreateOutcome::Created { evicted });
        });
        let stores = &scene.stores;
        assert!(BlockingStore::load(&stores.blocking, &to).unwrap().is_none(), "the rotated session lives");
        let listed = BlockingStore::list(&stores.blocking, &family, Page::default()).unwrap();
        let listed: Vec<Digest> = listed.sessions.iter().map(|(digest, _)| *digest).collect();
        assert_eq!(listed, [new.digest, young.digest]);
    }
}

/// Everything but signing in and signing out everywhere goes on while another transaction holds the owner's row.
#[test]
fn the_owners_row_makes_no_request_wait() {
    let mut scene = Scene::new();
    let family = Family::from_bytes([0x81; 16]);
    let owner = key(family, 0);
    let both = [(true, key(family, 1), key(family, 2)), (false, key(family, 3), key(family, 4))];
    for (_, from, _) in &both {
        BlockingStore::create(&scene.stores.blocking, from, write(1, b"signed in"), None).unwrap();
    }
    scene.holds(&owner);
    let stores = &scene.stores;
    for (nonblocking, from, to) in both {
        assert_eq!(rotate(stores, nonblocking, &from, &to, true), RotateOutcome::Written);
        let (loaded, committed, touched, listed) = if nonblocking {
            let (store, runtime) = (&stores.nonblocking, &stores.runtime);
            (
                runtime.block_on(Store::load(store, &to)),
                runtime.block_on(Store::commit(store, &to, revision(2), write(4, b"more"))),
                runtime.block_on(Store::touch(store, &to, revision(4), PATIENCE)),
                runtime.block_on(Store::list(store, &family, Page::default())),
            )
        } else {
            let store = &stores.blocking;
            (
                BlockingStore::load(store, &to),
                BlockingStore::commit(store, &to, revision(2), write(4, b"more")),
                BlockingStore::touch(store, &to, revision(4), PATIENCE),
                BlockingStore::list(store, &family, Page::default()),
            )
        };
        assert!(loaded.unwrap().is_some());
        assert_eq!(committed.unwrap(), CommitOutcome::Written);
        assert_eq!(touched.unwrap(), TouchOutcome::Touched);
        assert_eq!(listed.unwrap().sessions.len(), 2);
    }
    scene.lets_go();
}
