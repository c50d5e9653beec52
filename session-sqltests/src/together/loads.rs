//! Loads.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    task::Poll,
    time::Duration,
};

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{Store, StoreErrorKind, Write},
};
use tokio::{runtime, task::yield_now, time::timeout};

use super::Setting;
use crate::{
    Database, Server as _,
    pair::{BOUND, key, patient, write},
};

fn owned(number: u8, owner: &str) -> StoreKey {
    StoreKey { family: Family::of_owner(owner, None), digest: Digest::from_bytes([number; 32]) }
}

/// Sixteen loads travel in one statement.
pub fn each_load_is_answered_for_itself<D: Database>() {
    let setting = Setting::<D>::new();
    (111..114).for_each(|number| setting.create(&owned(number, "bob")));
    // As a revocation leaves them until it has removed them.
    setting.server.sql("UPDATE alo_session SET mark=9000000000000 WHERE LENGTH(data)=0");
    (101..104).for_each(|number| setting.create(&owned(number, "ann")));
    let over = Write { ttl: Duration::from_millis(1), ..write(99, b"over") };
    setting.runtime.block_on(Store::create(&setting.store, &key(99), over, None)).unwrap();
    while setting.runtime.block_on(Store::load(&setting.store, &key(99))).unwrap().is_some() {}

    let mut wanted: Vec<(StoreKey, Option<u8>)> = (1..36)
        .map(|number| (key(number), Some(number)))
        .chain([(key(77), None), (key(99), None)])
        .chain((101..104).map(|number| (owned(number, "ann"), Some(number))))
        .chain((111..114).map(|number| (owned(number, "bob"), None)))
        // The digest of one session with the family of another one.
        .chain([(StoreKey { family: key(1).family, digest: key(2).digest }, None)])
        .collect();
    wanted.rotate_left(17);
    let before = D::count(&setting.server);
    setting.server.freeze();
    let first = setting.load(key(50));
    setting.settle();
    let tasks: Vec<_> = wanted.iter().map(|(key, _)| setting.load(*key)).collect();
    setting.settle();
    setting.server.thaw();
    assert_eq!(setting.join(first), Some(50));
    for ((key, wanted), task) in wanted.into_iter().zip(tasks) {
        assert_eq!(setting.join(task), wanted, "{:?}", key.digest.as_bytes()[0]);
    }
    let statements = D::count(&setting.server).statements - before.statements;
    assert_eq!(statements, 1 + 3, "of 45 loads");
}

/// One that looks for a connection, one whose statement is under way, and one that waits.
pub fn who_goes_away_takes_nobody_along<D: Database>() {
    let setting = Setting::<D>::new();
    for (count, gone) in [(7, 1), (39, 0), (39, 1), (39, 2)] {
        setting.server.freeze();
        let tasks: Vec<_> = (1..count + 1).map(|number| setting.load(key(number))).collect();
        setting.settle();
        tasks.get(gone).unwrap().abort();
        setting.settle();
        setting.server.thaw();
        for (number, task) in (1..).zip(tasks).filter(|(number, _)| usize::from(*number) != gone + 1) {
            assert_eq!(setting.join(task), Some(number), "{number} of {count} without {gone}");
        }
    }
}

/// A future may be kept and not polled.
pub fn who_is_not_polled_any_more_keeps_nobody<D: Database>() {
    let setting = Setting::<D>::new();
    setting.server.freeze();
    let first = setting.load(key(1));
    setting.settle();
    let (store, second) = (setting.store.clone(), key(2));
    let mut idle = pin!(Store::load(&store, &second));
    setting.runtime.block_on(poll_fn(|context| {
        assert!(idle.as_mut().poll(context).is_pending());
        Poll::Ready(())
    }));
    let tasks: Vec<_> = (3..10).map(|number| setting.load(key(number))).collect();
    setting.settle();
    setting.server.thaw();
    assert_eq!(setting.join(first), Some(1));
    for (number, task) in (3..10).zip(tasks) {
        assert_eq!(setting.join(task), Some(number));
    }
    assert!(setting.runtime.block_on(idle).unwrap().is_some());
}

/// The statement of one fails for all that travel with it, and they ask again for themselves.
pub fn a_failure_is_not_the_end_of_those_that_travel_along<D: Database>() {
    let setting = Setting::<D>::new().with_long_locks();
    let mut other = D::session(&setting.server.url());
    let [lock, unlock] = D::LOCK;
    other(lock);
    let load = |number| {
        let store = setting.store.clone();
        setting.runtime.spawn(async move { (number, Store::load(&store, &key(number)).await) })
    };
    let mut tasks: Vec<_> = (1..6).map(load).collect();
    // One waits for the lock until the server gives up, and so does the next one, with which the others travel.
    for _ in 0..2 {
        let (_, loaded) = setting.join_first(&mut tasks);
        assert_eq!(loaded.unwrap_err().kind(), StoreErrorKind::Timeout);
    }
    other(unlock);
    for task in tasks {
        let (number, loaded) = setting.join(task);
        assert_eq!(*loaded.unwrap().unwrap().data, [number; 100]);
    }
}

/// Many at once, of which some go away at any moment.
pub fn none_is_forgotten_when_many_come_and_go<D: Database>() {
    let Setting { server, store, runtime: _runtime } = Setting::<D>::new();
    let busy = runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
    let store = {
        drop(store);
        patient::<D::Dialect>(&server.url()).pool_size(2).budget(BOUND).build().unwrap()
    };
    let tasks: Vec<_> = (0..64_u64)
        .map(|task| {
            let store = store.clone();
            busy.spawn(async move {
                let mut random = task;
                for _ in 0..100 {
                    random = random
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1_442_695_040_888_963_407);
                    let number = ((random >> 33) % 59) as u8 + 1;
                    let key = key(number);
                    let loaded = Store::load(&store, &key);
                    if (random >> 40).is_multiple_of(4) {
                        // Given up after some steps.
                        let mut loaded = pin!(loaded);
                        for _ in 0..(random >> 50) % 5 {
                            if poll_fn(|context| Poll::Ready(loaded.as_mut().poll(context).is_ready())).await
                            {
                                break;
                            }
                            yield_now().await;
                        }
                        continue;
                    }
                    assert_eq!(*loaded.await.unwrap().unwrap().data, [number; 100]);
                }
            })
        })
        .collect();
    for task in tasks {
        busy.block_on(async { timeout(BOUND, task).await.unwrap().unwrap() });
    }
}
