use std::{
    sync::Arc,
    task::{Context, Poll, Waker},
};

use super::{Batch, Queue, TOGETHER, Waiting};

fn all(waiting: usize) -> usize {
    waiting.min(TOGETHER - 1)
}

fn news(waiting: &Waiting<u8, u8>) -> Poll<Option<u8>> {
    waiting.poll(&Context::from_waker(Waker::noop()))
}

fn goes(waiting: &Waiting<u8, u8>) -> bool {
    matches!(news(waiting), Poll::Ready(None))
}

fn requests(batch: Option<&Batch<u8, u8>>) -> Vec<u8> {
    batch.map(|batch| batch.requests().copied().collect()).unwrap_or_default()
}

#[test]
fn one_in_sixteen_looks_for_a_connection() {
    let queue = Queue::default();
    let waiting: Vec<_> = (0..33).map(|number| queue.join(number)).collect();
    assert_eq!(waiting.iter().filter(|waiting| goes(waiting)).count(), 3);
    assert!(goes(&waiting[0]), "the first to come");
}

#[test]
fn each_is_told_its_own_answer() {
    let queue = Queue::default();
    let waiting: Vec<_> = (0..4).map(|number| queue.join(number)).collect();
    let batch = queue.board(Some(&waiting[0]), all).unwrap();
    assert_eq!(requests(Some(&batch)), [1, 2, 3]);
    batch.answer(|number| number + 100);
    for number in 1..4 {
        assert_eq!(news(&waiting[usize::from(number)]), Poll::Ready(Some(number + 100)));
    }
    assert!(queue.board(None, all).is_none());
}

#[test]
fn no_more_travel_than_there_are_places() {
    let queue = Queue::default();
    let waiting: Vec<_> = (0..4).map(|number| queue.join(number)).collect();
    assert_eq!(requests(queue.board(Some(&waiting[3]), |waiting| waiting / 2).as_ref()), [0]);
    assert!(queue.board(None, |_| 0).is_none());
    assert_eq!(requests(queue.board(None, all).as_ref()), [1, 2]);
}

#[test]
fn who_is_not_answered_looks_for_a_connection() {
    let queue = Queue::default();
    let [first, second] = [1, 2].map(|number| queue.join(number));
    let batch = queue.board(Some(&first), all).unwrap();
    assert!(news(&second).is_pending());
    drop(batch);
    assert!(goes(&second));
}

#[test]
fn who_is_not_answered_may_have_been_served() {
    let queue: Queue<u8, u8> = Queue::default();
    let [first, second, third] = [1, 2, 3].map(|number| queue.join(number));
    let batch = queue.board(Some(&first), all).unwrap();
    batch.set_may_be_applied(true);
    drop(batch);
    assert!(!first.may_be_applied() && second.may_be_applied() && third.may_be_applied());
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
        let queue = Queue::default();
        let mut waiting: Vec<Arc<Waiting<u8, u8>>> = Vec::new();
        for _ in 0..200 {
            match chance(8) {
                0..=3 => waiting.push(queue.join(chance(200) as u8)),
                4 | 5 if !waiting.is_empty() => queue.leave(&waiting.swap_remove(chance(waiting.len()))),
                6 => {
                    let own = (!waiting.is_empty() && chance(2) == 0)
                        .then(|| waiting.swap_remove(chance(waiting.len())));
                    let batch = queue.board(own.as_ref(), |waiting| chance(all(waiting) + 1));
                    assert!(requests(batch.as_ref()).len() < TOGETHER);
                    if let Some(batch) = batch {
                        batch.answer(|number| *number);
                    }
                    waiting.retain(|waiting| !matches!(news(waiting), Poll::Ready(Some(_))));
                }
                _ => {}
            }
            let going = waiting.iter().filter(|waiting| goes(waiting)).count();
            assert!(going * TOGETHER >= waiting.len(), "round {round}: {going} of {}", waiting.len());
        }
    }
}
