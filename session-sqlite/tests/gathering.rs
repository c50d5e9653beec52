//! What concurrent requests write is committed together, and a caller is told the truth about a job that waits.
#![cfg(feature = "tokio")]
#![allow(clippy::unwrap_used, reason = "test code")]

mod support;

use std::{
    future::Future,
    path::Path,
    pin::Pin,
    sync::atomic::{AtomicBool, Ordering},
    task::{Context, Waker},
    time::{Duration, SystemTime},
};

use rusqlite::Connection;
use session_core::store::{Applied, Call, CommitOutcome, Store as _, StoreError, StoreErrorKind};
use session_sqlite::SqliteStore;
use support::{Directory, begin, key, revision, transactions, write};

const WRITERS: u64 = 16;
/// For what does not end by itself.
const LONG: Duration = Duration::from_secs(60);

fn open(directory: &Directory, budget: Duration) -> SqliteStore {
    SqliteStore::builder(&directory.url()).budget(budget).build().unwrap()
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(future)
}

/// A program that holds the file.
fn holder(file: &Path) -> Connection {
    let holder = Connection::open(file).unwrap();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    holder
}

#[test]
fn sixteen_concurrent_writes_are_two_transactions_at_most() {
    let directory = Directory::new();
    run(async {
        let store = open(&directory, LONG);
        for writer in 0..WRITERS {
            store.create(&key(writer, 0), write(1, b"old"), None).await.unwrap();
        }
        let before = transactions(&directory.file());
        assert_eq!(before as u64, WRITERS + 1, "a request that is alone has a transaction of its own");
        let holder = holder(&directory.file());
        let keys: Vec<_> = (0..WRITERS).map(|writer| key(writer, 0)).collect();
        let waiting: Vec<_> =
            keys.iter().map(|key| begin(store.commit(key, revision(1), write(2, b"new")))).collect();
        drop(holder);
        for commit in waiting {
            assert_eq!(commit.await.unwrap(), CommitOutcome::Written);
        }
        // The first may have been taken before the others came.
        let used = transactions(&directory.file()) - before;
        assert!((1..=2).contains(&used), "{used} transactions");
    });
}

#[test]
fn a_lock_that_is_not_released_is_an_error_in_time_and_reading_goes_on() {
    let directory = Directory::new();
    run(async {
        let store = open(&directory, LONG);
        store.create(&key(1, 0), write(1, b"old"), None).await.unwrap();
        let holder = holder(&directory.file());
        let other = key(2, 0);
        let patient = begin(store.create(&other, write(1, b"new"), None));
        let impatient = open(&directory, Duration::from_millis(300));
        let error = impatient.commit(&key(1, 0), revision(1), write(2, b"new")).await.unwrap_err();
        assert_eq!(error, StoreError::new(StoreErrorKind::Timeout, Applied::No), "{error:?}");
        assert_eq!(store.load(&key(1, 0)).await.unwrap().unwrap().data, "old");
        drop(holder);
        patient.await.unwrap();
        let again = store.commit(&key(1, 0), revision(1), write(2, b"new")).await;
        assert_eq!(again.unwrap(), CommitOutcome::Written, "the first one was not applied");
    });
}

#[test]
fn one_job_more_than_there_is_room_for_is_refused_at_once() {
    let directory = Directory::new();
    run(async {
        let store = open(&directory, LONG);
        store.create(&key(1, 0), write(1, b""), None).await.unwrap();
        let holder = holder(&directory.file());
        let key = key(1, 0);
        // Some are taken from the queue in the meantime.
        let mut waiting = Vec::new();
        let refused = loop {
            let mut touch = Box::pin(store.touch(&key, revision(1), support::TTL));
            match futures_poll(touch.as_mut()) {
                None => waiting.push(touch),
                Some(outcome) => break outcome.unwrap_err(),
            }
            assert!(waiting.len() <= 1024 + 128);
        };
        assert!(waiting.len() >= 1024);
        assert_eq!(refused, StoreError::new(StoreErrorKind::Overloaded, Applied::No));
        drop(holder);
        for touch in waiting {
            touch.await.unwrap();
        }
    });
}

fn futures_poll<F: Future>(future: Pin<&mut F>) -> Option<F::Output> {
    match future.poll(&mut Context::from_waker(Waker::noop())) {
        std::task::Poll::Ready(output) => Some(output),
        std::task::Poll::Pending => None,
    }
}

#[test]
fn a_job_that_fails_leaves_the_others_of_its_transaction_alone() {
    let directory = Directory::new();
    run(async {
        let store = open(&directory, LONG);
        for number in 0..3 {
            store.create(&key(1, number), write(1, b"old"), None).await.unwrap();
        }
        let holder = holder(&directory.file());
        let keys = [key(1, 0), key(1, 1), key(2, 2)];
        let first = begin(store.commit(&keys[0], revision(1), write(2, b"new")));
        // A rotation to another family is refused by the step itself.
        let failing = begin(store.rotate(&keys[0], revision(2), &keys[2], write(3, b""), None));
        let last = begin(store.commit(&keys[1], revision(1), write(2, b"new")));
        drop(holder);
        assert_eq!(first.await.unwrap(), CommitOutcome::Written);
        assert_eq!(failing.await.unwrap_err().applied(), Applied::No);
        assert_eq!(last.await.unwrap(), CommitOutcome::Written);
        assert_eq!(store.load(&keys[0]).await.unwrap().unwrap().data, "new");
    });
}

#[test]
fn a_panic_in_a_thread_is_an_error_and_the_next_operation_succeeds() {
    static PANICS: AtomicBool = AtomicBool::new(false);
    let directory = Directory::new();
    let clock = || {
        assert!(!PANICS.load(Ordering::Relaxed), "no time");
        SystemTime::now()
    };
    run(async {
        let store = SqliteStore::builder(&directory.url()).clock(clock).budget(LONG).build().unwrap();
        store.create(&key(1, 0), write(1, b"old"), None).await.unwrap();
        PANICS.store(true, Ordering::Relaxed);
        let calls = [
            (Call::Load { key: key(1, 0) }, Applied::No),
            (
                Call::Commit {
                    key: key(1, 0),
                    expected: revision(1),
                    replaced: None,
                    write: write(2, b"new"),
                },
                Applied::Unknown,
            ),
        ];
        for (call, applied) in calls {
            let error = store.perform(call).await.unwrap_err();
            assert_eq!(error, StoreError::new(StoreErrorKind::Other, applied), "{error:?}");
        }
        PANICS.store(false, Ordering::Relaxed);
        assert_eq!(store.load(&key(1, 0)).await.unwrap().unwrap().data, "old");
        let written = store.commit(&key(1, 0), revision(1), write(2, b"new")).await.unwrap();
        assert_eq!(written, CommitOutcome::Written);
    });
}
