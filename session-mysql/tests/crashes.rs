//! A server that is killed again and again under load: nothing acknowledged is lost, nothing is applied twice.

#![cfg(all(feature = "aio", feature = "blocking"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "test code")]

mod support;

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{Applied, BlockingStore, CommitOutcome, CreateOutcome, Revision, Store, StoreError, Write},
};
use session_mysql::{MysqlStore, Schema};
use session_testkit::servers::MariaDb;
use support::pair::{BOUND, Pair};

const WRITERS: u8 = 8;
const KILLS: u32 = 10;

/// What the writers saw.
#[derive(Default)]
struct Tally {
    written: AtomicU64,
    refused: AtomicU64,
    unknown: AtomicU64,
    slowest: AtomicU64,
}

impl Tally {
    fn failed(&self, error: &StoreError) {
        let count = if error.applied() == Applied::No { &self.refused } else { &self.unknown };
        count.fetch_add(1, Ordering::Relaxed);
    }

    fn took(&self, time: Duration) {
        self.slowest.fetch_max(u64::try_from(time.as_millis()).unwrap(), Ordering::Relaxed);
    }
}

/// One writer's session, which counts its own commits. Each is tried until it is told to be written.
struct Writer<'a> {
    stores: &'a Pair,
    tally: &'a Tally,
    key: StoreKey,
    is_nonblocking: bool,
}

impl Writer<'_> {
    fn commit(&self, from: u64, to: u64) {
        loop {
            let (data, began) = (to.to_be_bytes(), Instant::now());
            let write = Write { next: revision(to), data: &data, ttl: Duration::from_secs(600) };
            let written = if self.is_nonblocking {
                let store = &self.stores.nonblocking;
                self.stores.runtime.block_on(Store::commit(store, &self.key, revision(from), write))
            } else {
                BlockingStore::commit(&self.stores.blocking, &self.key, revision(from), write)
            };
            self.tally.took(began.elapsed());
            match written {
                // Another revision, or none, would be a write that was lost or done twice.
                Ok(outcome) => return assert_eq!(outcome, CommitOutcome::Written, "commit {to}"),
                Err(error) => self.tally.failed(&error),
            }
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Commits until it is told to stop, and answers how often.
    fn run(&self, stop: &AtomicBool) -> u64 {
        let mut done = 0;
        while !stop.load(Ordering::Relaxed) {
            self.commit(done, done + 1);
            done += 1;
            self.tally.written.fetch_add(1, Ordering::Relaxed);
        }
        done
    }
}

fn revision(number: u64) -> Revision {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    Revision::from_bytes(bytes)
}

#[test]
fn killed_ten_times_under_load() {
    let server = MariaDb::start().unwrap();
    server.sql(&Schema::new("alo_session").unwrap().create_table()).unwrap();
    let stores = Pair::of(&MysqlStore::builder(&server.url()));
    let (tally, stop) = (Tally::default(), AtomicBool::new(false));
    let writer = |number: u8| {
        let digest = Digest::from_bytes([number; 32]);
        let key = StoreKey { family: Family::anonymous(&digest), digest };
        let is_nonblocking = number.is_multiple_of(2);
        Writer { stores: &stores, tally: &tally, key, is_nonblocking }
    };
    for number in 0..WRITERS {
        let write = Write { next: revision(0), data: &[0; 8], ttl: Duration::from_secs(600) };
        let created = BlockingStore::create(&stores.blocking, &writer(number).key, write, None).unwrap();
        assert_eq!(created, CreateOutcome::Created { evicted: Vec::new() });
    }
    thread::scope(|scope| {
        let running: Vec<_> = (0..WRITERS)
            .map(|number| {
                let (writer, stop) = (writer(number), &stop);
                scope.spawn(move || (writer.run(stop), writer))
            })
            .collect();
        for _ in 0..KILLS {
            // Some work has been done since the server came back, and more is under way.
            let (before, began) = (tally.written.load(Ordering::Relaxed), Instant::now());
            while tally.written.load(Ordering::Relaxed) < before + 50 && began.elapsed() < BOUND {
                thread::sleep(Duration::from_millis(1));
            }
            assert!(began.elapsed() < BOUND, "the stores do not recover");
            server.kill().unwrap();
            server.restart().unwrap();
        }
        stop.store(true, Ordering::Relaxed);
        for writer in running {
            let (done, writer) = writer.join().unwrap();
            let stored = BlockingStore::load(&stores.blocking, &writer.key).unwrap().unwrap();
            assert_eq!(stored.data[..], done.to_be_bytes());
        }
    });
    let slowest = Duration::from_millis(tally.slowest.into_inner());
    println!(
        "{KILLS} kills: {:?} written, {:?} failed and nothing was changed, {:?} unknown, slowest {slowest:?}",
        tally.written, tally.refused, tally.unknown
    );
    assert!(slowest < BOUND);
    assert!(tally.unknown.into_inner() + tally.refused.into_inner() > 0, "no kill met a write");
}
