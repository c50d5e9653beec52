use std::{
    ops::Range,
    time::{Duration, Instant},
};

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{AnyStore, Revision, Store as _, Write},
};

use crate::{backend::Backend, rows::Rows};

/// One in this many sessions belongs to an owner; each owner has five.
pub(crate) const OWNED: u64 = 20;
pub(crate) const DEVICES: u64 = 5;
/// Bytes of a record: six keys.
pub(crate) const RECORD: [u8; 400] = [7; 400];
pub(crate) const TTL: Duration = Duration::from_hours(20);

const AT_ONCE: u64 = 64;
/// How many sessions of each step are written by the store, in order to measure its speed.
const BY_STORE: u64 = 5000;

/// The sessions that are stored, numbered.
pub(crate) struct Population {
    pub(crate) store: AnyStore,
    rows: Option<Rows>,
    count: u64,
}

impl Population {
    pub(crate) fn new(backend: &Backend) -> Self {
        Self { store: backend.store(), rows: backend.rows(), count: 0 }
    }

    pub(crate) fn len(&self) -> u64 {
        self.count
    }

    /// Adds sessions until there are `wanted`, and returns how many a second the store wrote.
    pub(crate) async fn grow_to(&mut self, wanted: u64) -> f64 {
        let by_rows = self.count..wanted.saturating_sub(BY_STORE).max(self.count);
        let by_store = match &self.rows {
            None => self.count..wanted,
            Some(rows) => {
                rows.insert(by_rows.clone()).await;
                // The store must read those that were written by SQL as its own.
                self.check(by_rows.clone()).await;
                by_rows.end..wanted
            }
        };
        // Opens the connections before the clock starts.
        at_once(0..AT_ONCE, &self.store, async |store, number| drop(store.load(&key(number)).await.unwrap()))
            .await;
        let (start, count) = (Instant::now(), by_store.end - by_store.start);
        let create = async |store: AnyStore, number| {
            store.create(&key(number), record(revision(number)), None).await.unwrap();
        };
        at_once(by_store, &self.store, create).await;
        self.count = wanted;
        count as f64 / start.elapsed().as_secs_f64()
    }

    /// Checks that a sample can be loaded and is correct.
    async fn check(&self, numbers: Range<u64>) {
        let some = (numbers.end - numbers.start).div_ceil(1000).max(1);
        for number in numbers.step_by(some as usize).flat_map(|number| [number, number / OWNED * OWNED]) {
            let stored = self.store.load(&key(number)).await.unwrap().unwrap();
            assert_eq!((&*stored.data, stored.revision), (&RECORD[..], revision(number)));
            assert!(stored.remaining <= TTL && stored.remaining > TTL / 2, "{:?}", stored.remaining);
        }
    }
}

/// Runs for all of these numbers, several at a time.
pub(crate) async fn at_once<F: Future<Output = ()> + Send + 'static>(
    numbers: Range<u64>,
    store: &AnyStore,
    run: impl Fn(AnyStore, u64) -> F + Copy + Send + 'static,
) {
    let tasks: Vec<_> = (0..AT_ONCE)
        .map(|task| {
            let (store, numbers) = (store.clone(), numbers.clone());
            tokio::spawn(async move {
                for number in numbers.skip(task as usize).step_by(AT_ONCE as usize) {
                    run(store.clone(), number).await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

pub(crate) fn key(number: u64) -> StoreKey {
    let digest = digest(number);
    let family = if number.is_multiple_of(OWNED) {
        owner(number / OWNED / DEVICES)
    } else {
        Family::anonymous(&digest)
    };
    StoreKey { family, digest }
}

pub(crate) fn owner(number: u64) -> Family {
    Family::of_owner(&format!("owner {number}"), None)
}

/// Returns bytes that are spread over the whole range, as hashes are.
pub(crate) fn digest(number: u64) -> Digest {
    let mut bytes = [0; 32];
    for (part, factor) in bytes.chunks_mut(8).zip([0x9e37_79b9_7f4a_7c15_u64, 3, 5, 7]) {
        part.copy_from_slice(&(number.wrapping_add(1).wrapping_mul(factor)).to_be_bytes());
    }
    Digest::from_bytes(bytes)
}

pub(crate) fn revision(number: u64) -> Revision {
    Revision::from_bytes(u128::from(number + 1).to_be_bytes())
}

pub(crate) fn record(next: Revision) -> Write<'static> {
    Write { next, data: &RECORD, ttl: TTL }
}
