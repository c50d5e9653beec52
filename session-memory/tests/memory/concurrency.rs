//! What must hold while threads race, and the asynchronous API.

use std::{
    future::Future,
    pin::pin,
    sync::{
        Barrier,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc,
    },
    task::{Context, Poll, Waker},
    thread,
    time::Duration,
};

use crate::common::{bounded, cap, create, created, digest, key, listed, owned, owner, rev, store, write};
use session_core::store::{BlockingStore, CommitOutcome, CreateOutcome, OnFull, Page, RotateOutcome, Store};
use session_memory::{Clock, MemoryStore};

const THREADS: u64 = 4;

/// Runs the body on every thread at once.
fn race(body: impl Fn(u64) + Sync) {
    let start = Barrier::new(usize::try_from(THREADS).unwrap());
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let (start, body) = (&start, &body);
            scope.spawn(move || {
                start.wait();
                body(thread);
            });
        }
    });
}

#[test]
fn create_3_one_of_many_wins() {
    for _ in 0..100 {
        let (store, _) = store();
        let won = AtomicUsize::new(0);
        race(|thread| {
            if BlockingStore::create(&store, &key(1), write(thread, b""), None).unwrap() == created() {
                won.fetch_add(1, Ordering::Relaxed);
            }
        });
        assert_eq!(won.into_inner(), 1);
    }
}

#[test]
fn commit_4_the_chain_never_forks() {
    const COMMITS: u64 = 1000;
    let (store, _) = store();
    create(&store, &key(1), 0);
    BlockingStore::commit(&store, &key(1), rev(0), write(1, &0_u64.to_be_bytes())).unwrap();
    race(|thread| {
        for number in 0..COMMITS {
            loop {
                let stored = BlockingStore::load(&store, &key(1)).unwrap().unwrap();
                let count = u64::from_be_bytes(stored.data[..].try_into().unwrap()) + 1;
                let next = 2 + thread * COMMITS + number;
                let answer = BlockingStore::commit(
                    &store,
                    &key(1),
                    stored.revision,
                    write(next, &count.to_be_bytes()),
                );
                if answer.unwrap() == CommitOutcome::Written {
                    break;
                }
            }
        }
    });
    let stored = BlockingStore::load(&store, &key(1)).unwrap().unwrap();
    assert_eq!(stored.data[..], (THREADS * COMMITS).to_be_bytes());
}

#[test]
fn the_bounds_hold_at_every_moment() {
    let (store, _) = bounded(50, 500);
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                assert!(store.len() <= 50 && store.bytes() <= 500, "{store:?}");
            }
        });
        race(|thread| {
            for round in 0..5000 {
                let key = key(thread * 1000 + round % 40);
                let length = usize::try_from(round * 7 % 31).unwrap();
                let data = &[7; 31][..length];
                // Refusals are as welcome as successes.
                let _ = BlockingStore::create(&store, &key, write(1, data), None);
                let _ = BlockingStore::commit(&store, &key, rev(1), write(2, &data[..length / 2]));
                let _ = BlockingStore::commit(&store, &key, rev(2), write(3, data));
                if round % 3 == 0 {
                    let _ = BlockingStore::delete(&store, &key, None, None);
                }
            }
        });
        done.store(true, Ordering::Relaxed);
        watcher.join().unwrap();
    });
    let live = (0..THREADS * 1000).filter_map(|number| BlockingStore::load(&store, &key(number)).unwrap());
    let (count, bytes) = live.fold((0, 0), |(count, bytes), stored| (count + 1, bytes + stored.data.len()));
    assert_eq!((store.len(), store.bytes()), (count, bytes), "nothing is counted that is not there");
}

#[test]
fn a_store_fills_exactly_to_its_bound() {
    let (store, _) = bounded(1000, 1 << 20);
    let stored = AtomicUsize::new(0);
    race(|thread| {
        for number in 0..500 {
            // Owners may use the whole store.
            let key = owned("ann", thread * 500 + number);
            if BlockingStore::create(&store, &key, write(1, b"x"), None).is_ok() {
                stored.fetch_add(1, Ordering::Relaxed);
            }
        }
    });
    assert_eq!((stored.into_inner(), store.len(), store.bytes()), (1000, 1000, 1000));
}

#[test]
fn family_3_the_cap_holds() {
    for on_full in [OnFull::Refuse, OnFull::EvictOldest] {
        let (store, _) = store();
        race(|thread| {
            for number in 0..200 {
                let key = owned("ann", thread * 200 + number);
                let answer = BlockingStore::create(&store, &key, write(1, b""), cap(3, on_full)).unwrap();
                assert!(on_full == OnFull::Refuse || matches!(answer, CreateOutcome::Created { .. }));
                assert!(listed(&store, &owner("ann")).len() <= 3);
            }
        });
        assert_eq!((listed(&store, &owner("ann")).len(), store.len()), (3, 3));
    }
}

#[test]
fn family_2_a_revoke_leaves_nothing_while_rotations_race() {
    for _ in 0..200 {
        let (store, _) = store();
        create(&store, &owned("ann", 0), 1);
        race(|thread| {
            if thread == 0 {
                BlockingStore::revoke(&store, &owner("ann"), None).unwrap();
                return;
            }
            for number in 0..50 {
                let (from, to) = (owned("ann", number), owned("ann", number + 1));
                let answer = BlockingStore::rotate(
                    &store,
                    &from,
                    rev(1),
                    &to,
                    write(1, b""),
                    Some(write(2, b"moved")),
                );
                assert!(!matches!(answer.unwrap(), RotateOutcome::Exists));
            }
        });
        // The one session there was existed before the revoke, whatever it was rotated to.
        assert!(store.is_empty());
    }
}

#[test]
fn operations_on_many_shards_do_not_deadlock() {
    let (answer, finished) = mpsc::channel();
    thread::spawn(move || {
        let clock = session_memory::ManualClock::new();
        let builder = MemoryStore::builder().max_entries(64).shards(8).clock(clock.clone());
        let store = builder.build().unwrap();
        race(|thread| {
            for round in 0..3000 {
                let number = (thread + 1) * 10_000 + round;
                // The store is full most of the time, so that writers go through all shards.
                let _ = BlockingStore::create(&store, &key(number), write(1, b""), None);
                let _ = BlockingStore::create(
                    &store,
                    &owned("ann", number),
                    write(1, b""),
                    cap(2, OnFull::EvictOldest),
                );
                let (from, to) = (owned("ann", number), owned("ann", number + 5000));
                let _ = BlockingStore::rotate(&store, &from, rev(1), &to, write(2, b""), Some(write(3, b"")));
                let _ = BlockingStore::sweep(&store, 3);
                let _ = BlockingStore::list(&store, &owner("ann"), Page::default());
                if round % 7 == 0 {
                    let _ = BlockingStore::revoke(&store, &owner("ann"), None);
                }
                clock.advance(Duration::from_secs(1));
            }
        });
        answer.send(store.len() <= 64).unwrap();
    });
    assert_eq!(finished.recv_timeout(Duration::from_secs(60)), Ok(true));
}

#[test]
fn a_clock_that_panics_harms_nobody_else() {
    struct Moody(AtomicBool);
    impl Clock for Moody {
        fn now(&self) -> Duration {
            assert!(!self.0.load(Ordering::Relaxed), "no time");
            Duration::ZERO
        }
    }
    let clock = std::sync::Arc::new(Moody(AtomicBool::new(false)));
    let store = MemoryStore::builder().clock(std::sync::Arc::clone(&clock)).build().unwrap();
    create(&store, &key(1), 1);
    clock.0.store(true, Ordering::Relaxed);
    thread::scope(|scope| {
        let attempt = scope.spawn(|| BlockingStore::commit(&store, &key(1), rev(1), write(2, b"")));
        assert!(attempt.join().is_err());
    });
    clock.0.store(false, Ordering::Relaxed);
    assert_eq!(BlockingStore::load(&store, &key(1)).unwrap().unwrap().revision, rev(1));
}

/// The answer of a future that must have one at once.
fn at_once<T>(future: impl Future<Output = T> + Send) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer,
        Poll::Pending => panic!("the future waits"),
    }
}

#[test]
fn the_asynchronous_api_answers_at_once_and_is_the_same_store() {
    let (store, _) = store();
    let (one, two) = (owned("ann", 1), owned("ann", 2));
    assert_eq!(at_once(Store::create(&store, &one, write(1, b"a"), None)).unwrap(), created());
    let written = at_once(Store::commit(&store, &one, rev(1), write(2, b"b"))).unwrap();
    assert_eq!(written, CommitOutcome::Written);
    at_once(Store::touch(&store, &one, rev(2), crate::common::TTL * 2)).unwrap();
    let rotated = at_once(Store::rotate(&store, &one, rev(2), &two, write(3, b"c"), None)).unwrap();
    assert_eq!(rotated, RotateOutcome::Written);
    assert_eq!(at_once(Store::load(&store, &two)).unwrap(), BlockingStore::load(&store, &two).unwrap());
    assert_eq!(
        at_once(Store::list(&store, &owner("ann"), Page::default())).unwrap().sessions[0].0,
        digest(2)
    );
    assert_eq!(at_once(Store::revoke(&store, &owner("ann"), Some(&digest(2)))).unwrap(), 0);
    at_once(Store::delete(&store, &two, Some(rev(3)), None)).unwrap();
    assert_eq!(at_once(Store::sweep(&store, 1)).unwrap(), 0);
    assert!(store.clone().is_empty());
}
