use std::{
    sync::Arc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use bytes::Bytes;
use session_core::{
    id::{Digest, Family, StoreKey},
    store::{Revision, Stored},
};

use super::{LoadQueue, MOST, WaitingLoad};

fn key(number: u8) -> StoreKey {
    StoreKey { family: Family::from_bytes([number; 16]), digest: Digest::from_bytes([1; 32]) }
}

fn stored(number: u8) -> Stored {
    let (revision, remaining) = (Revision::from_bytes([number; 16]), Duration::from_secs(1));
    Stored { revision, remaining, data: Bytes::new() }
}

fn news(load: &WaitingLoad) -> Poll<Option<Option<Stored>>> {
    load.poll(&Context::from_waker(Waker::noop()))
}

fn goes(load: &WaitingLoad) -> bool {
    matches!(news(load), Poll::Ready(None))
}

#[test]
fn one_in_sixteen_looks_for_a_connection() {
    let queue = LoadQueue::default();
    let loads: Vec<_> = (0..33).map(|number| queue.join(key(number))).collect();
    assert_eq!(loads.iter().filter(|load| goes(load)).count(), 3);
    assert!(goes(&loads[0]), "the first to come");
}

#[test]
fn each_is_told_what_was_found_under_its_key() {
    let queue = LoadQueue::default();
    let loads: Vec<_> = (0..4).map(|number| queue.join(key(number))).collect();
    let batch = queue.board(Some(&loads[0]));
    assert_eq!(batch.keys().collect::<Vec<_>>(), [&key(1), &key(2), &key(3)]);
    batch.answer(&[(key(3), stored(3)), (key(1), stored(1))]);
    let found = |load: &WaitingLoad| match news(load) {
        Poll::Ready(Some(found)) => found.map(|stored| stored.revision),
        other => panic!("{other:?}"),
    };
    assert_eq!(found(&loads[1]), Some(stored(1).revision));
    assert_eq!(found(&loads[2]), None);
    assert_eq!(found(&loads[3]), Some(stored(3).revision));
    assert!(queue.board(None).is_empty());
}

#[test]
fn who_is_not_answered_looks_for_a_connection() {
    let queue = LoadQueue::default();
    let [first, second] = [1, 2].map(|number| queue.join(key(number)));
    let batch = queue.board(Some(&first));
    assert!(news(&second).is_pending());
    drop(batch);
    assert!(goes(&second));
}

/// Whoever comes, goes away or gets a connection, in whatever order: those that wait do not wait for nobody.
#[test]
fn there_are_always_enough_that_look_for_a_connection() {
    let mut random: u64 = 7;
    let mut chance = |sides: usize| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) as usize % sides
    };
    for round in 0..200 {
        let queue = LoadQueue::default();
        let mut waiting: Vec<Arc<WaitingLoad>> = Vec::new();
        for _ in 0..200 {
            match chance(8) {
                0..=3 => waiting.push(queue.join(key(chance(200) as u8))),
                4 | 5 if !waiting.is_empty() => queue.leave(&waiting.swap_remove(chance(waiting.len()))),
                6 => {
                    let own = (!waiting.is_empty() && chance(2) == 0)
                        .then(|| waiting.swap_remove(chance(waiting.len())));
                    let batch = queue.board(own.as_ref());
                    assert!(batch.keys().count() < MOST);
                    batch.answer(&[]);
                    waiting.retain(|load| !matches!(news(load), Poll::Ready(Some(_))));
                }
                _ => {}
            }
            let going = waiting.iter().filter(|load| goes(load)).count();
            assert!(going * MOST >= waiting.len(), "round {round}: {going} of {}", waiting.len());
        }
    }
}
