use std::time::{Duration, Instant};

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{AnyStore, Page, Revision, Store as _, StoreError, Write},
};

use super::Pace;
use crate::limits::MEASURING;

/// Measures a fresh store through one of its APIs: the median of the reads, and the median of the slowest kind of write.
///
/// An operation that fails counts as well. Whether it may fail is for the cases to say.
pub(crate) async fn measure(store: &AnyStore) -> Pace {
    let start = Instant::now();
    // The first answer has to wait for a connection.
    let _ = store.load(&key(0, 0)).await;
    let (mut reads, mut writes) = (Vec::new(), [const { Vec::new() }; 4]);
    for round in 0..5 {
        let (from, to) = (key(round, 1), key(round, 2));
        reads.push(timed(store.load(&from)).await);
        let made = timed(store.create(&from, write(1), None)).await;
        let written = timed(store.commit(&from, revision(1), write(2))).await;
        let moved = timed(store.rotate(&from, revision(2), &to, write(3), Some(write(4)))).await;
        reads.push(timed(store.list(&to.family, Page::first(std::num::NonZeroU32::MIN))).await);
        let ended = timed(store.delete(&to, Some(revision(3)), None)).await;
        for (all, one) in writes.iter_mut().zip([made, written, moved, ended]) {
            all.push(one);
        }
        if start.elapsed() > MEASURING {
            break;
        }
    }
    Pace::new(median(reads), writes.into_iter().map(median).max().unwrap_or_default())
}

async fn timed<T>(asked: impl Future<Output = Result<T, StoreError>>) -> Duration {
    let start = Instant::now();
    let _ = asked.await;
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn key(round: u8, part: u8) -> StoreKey {
    StoreKey { family: Family::from_bytes([0x80 | round; 16]), digest: Digest::from_bytes([part; 32]) }
}

fn revision(number: u8) -> Revision {
    Revision::from_bytes([number; 16])
}

fn write(number: u8) -> Write<'static> {
    Write { next: revision(number), data: b"how long does this take", ttl: Duration::from_secs(600) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slow_answer_of_many_is_not_the_distance() {
        let times = [3, 2, 900, 2, 3].map(Duration::from_millis);
        assert_eq!(median(times.to_vec()), Duration::from_millis(3));
        assert_eq!(median(Vec::new()), Duration::ZERO);
    }
}
