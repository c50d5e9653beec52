//! What the tests share: a store with a clock that stands still, and short names for keys, revisions and writes.

use std::{num::NonZeroU32, time::Duration};

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{
        BlockingStore as _, Cap, CreateOutcome, OnFull, Page, Revision, StoreError, StoreErrorKind, Write,
    },
};
use session_memory::{ManualClock, MemoryStore};

pub(crate) const TTL: Duration = Duration::from_secs(300);

pub(crate) fn store() -> (MemoryStore, ManualClock) {
    let clock = ManualClock::new();
    let store = MemoryStore::builder().clock(clock.clone()).build();
    (store.unwrap(), clock)
}

pub(crate) fn bounded(max_entries: usize, max_bytes: usize) -> (MemoryStore, ManualClock) {
    let clock = ManualClock::new();
    let builder = MemoryStore::builder().max_entries(max_entries).max_bytes(max_bytes);
    (builder.clock(clock.clone()).build().unwrap(), clock)
}

/// A digest as uniform as a real one, made from a number.
pub(crate) fn digest(number: u64) -> Digest {
    let mut bytes = [0; 32];
    for (part, lane) in (0_u64..).zip(bytes.chunks_mut(8)) {
        // The finaliser of splitmix64.
        let mut x = (number * 4 + part + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        lane.copy_from_slice(&(x ^ (x >> 31)).to_be_bytes());
    }
    Digest::from_bytes(bytes)
}

/// The key of an anonymous session, in the family it founds.
pub(crate) fn key(number: u64) -> StoreKey {
    let digest = digest(number);
    StoreKey { family: Family::anonymous(&digest), digest }
}

pub(crate) fn owner(name: &str) -> Family {
    Family::of_owner(name, None)
}

pub(crate) fn owned(name: &str, number: u64) -> StoreKey {
    StoreKey { family: owner(name), digest: digest(number) }
}

pub(crate) fn rev(number: u64) -> Revision {
    Revision::from_bytes(u128::from(number).to_be_bytes())
}

pub(crate) fn write(next: u64, data: &[u8]) -> Write<'_> {
    Write { next: rev(next), data, ttl: TTL }
}

pub(crate) fn cap(max: u32, on_full: OnFull) -> Option<Cap> {
    Some(Cap { max: NonZeroU32::new(max).unwrap(), on_full })
}

pub(crate) fn created() -> CreateOutcome {
    CreateOutcome::Created { evicted: Vec::new() }
}

pub(crate) fn create(store: &MemoryStore, key: &StoreKey, next: u64) {
    assert_eq!(store.create(key, write(next, b"data"), None).unwrap(), created());
}

pub(crate) fn is_live(store: &MemoryStore, key: &StoreKey) -> bool {
    store.load(key).unwrap().is_some()
}

pub(crate) fn listed(store: &MemoryStore, family: &Family) -> Vec<Digest> {
    store.list(family, Page::default()).unwrap().sessions.into_iter().map(|(digest, _)| digest).collect()
}

pub(crate) fn kind<T: std::fmt::Debug>(answer: Result<T, StoreError>) -> StoreErrorKind {
    answer.unwrap_err().kind()
}
