use std::time::{Duration, Instant};

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{AnyStore, Revision, Store as _, Write},
};

use crate::{DEVICES, OWNED};

/// Bytes of a record: six keys.
const RECORD: [u8; 400] = [7; 400];
const AT_ONCE: u64 = 64;
pub(crate) const TTL: Duration = Duration::from_hours(1);

/// The sessions that are stored, numbered.
pub(crate) struct Population {
    pub(crate) store: AnyStore,
    count: u64,
}

impl Population {
    pub(crate) fn new(store: AnyStore) -> Self {
        Self { store, count: 0 }
    }

    pub(crate) fn len(&self) -> u64 {
        self.count
    }

    /// Stores more until there are so many, and answers how many a second.
    pub(crate) async fn grow_to(&mut self, wanted: u64) -> f64 {
        let (start, missing) = (Instant::now(), wanted - self.count);
        let tasks: Vec<_> = (0..AT_ONCE)
            .map(|task| {
                let (store, first) = (self.store.clone(), self.count + task);
                tokio::spawn(async move {
                    for number in (first..wanted).step_by(AT_ONCE as usize) {
                        store.create(&key(number), write(number), None).await.unwrap();
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        self.count = wanted;
        missing as f64 / start.elapsed().as_secs_f64()
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

/// Spread over the whole range, as hashes are.
fn digest(number: u64) -> Digest {
    let mut bytes = [0; 32];
    for (part, factor) in bytes.chunks_mut(8).zip([0x9e37_79b9_7f4a_7c15_u64, 3, 5, 7]) {
        part.copy_from_slice(&(number.wrapping_add(1).wrapping_mul(factor)).to_be_bytes());
    }
    Digest::from_bytes(bytes)
}

pub(crate) fn revision(number: u64) -> Revision {
    Revision::from_bytes(u128::from(number + 1).to_be_bytes())
}

fn write(number: u64) -> Write<'static> {
    record(revision(number))
}

pub(crate) fn record(next: Revision) -> Write<'static> {
    Write { next, data: &RECORD, ttl: TTL }
}
