//! The cost of the memory store: a load and the commit that follows it, on one thread and on two.

#![allow(clippy::unwrap_used, reason = "a bench that cannot prepare its data has nothing to measure")]

use std::{
    thread,
    time::{Duration, Instant},
};

use criterion::Criterion;
use session_benches::{Load, Site};
use session_core::{
    id::{Algorithm, CookieId, Generator, StoreKey},
    store::{BlockingStore as _, CommitOutcome, Revision, Write},
};
use session_memory::MemoryStore;

const SESSIONS: usize = 10_000;
const TTL: Duration = Duration::from_secs(300);

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    pairs(&mut criterion);
    criterion.final_summary();
}

fn pairs(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("memory store");
    for load in Load::ALL {
        let data = Site::new(load).stored().data.clone();
        let store = MemoryStore::new();
        let keys: Vec<_> = (0..SESSIONS).map(|_| create(&store, &data)).collect();
        for threads in [1, 2] {
            let name = format!("load and commit ({}, threads: {threads})", load.name());
            group.bench_function(name, |bencher| {
                bencher.iter_custom(|pairs| on_threads(threads, pairs, &store, &keys, &data));
            });
        }
    }
    group.finish();
}

fn create(store: &MemoryStore, data: &[u8]) -> StoreKey {
    let key = *CookieId::generate(Algorithm::Sha256, None, &Generator).unwrap().key();
    store.create(&key, Write { next: Revision::default(), data, ttl: TTL }, None).unwrap();
    key
}

/// Each thread works on its own part of the sessions, as the requests of a server mostly do.
fn on_threads(threads: usize, pairs: u64, store: &MemoryStore, keys: &[StoreKey], data: &[u8]) -> Duration {
    let each = usize::try_from(pairs).unwrap().div_ceil(threads);
    let start = Instant::now();
    thread::scope(|scope| {
        for part in keys.chunks(SESSIONS / threads) {
            scope.spawn(move || part.iter().cycle().take(each).for_each(|key| pair(store, key, data)));
        }
    });
    start.elapsed()
}

fn pair(store: &MemoryStore, key: &StoreKey, data: &[u8]) {
    let stored = store.load(key).unwrap().unwrap();
    let next = u128::from_be_bytes(*stored.revision.as_bytes()) + 1;
    let write = Write { next: Revision::from_bytes(next.to_be_bytes()), data, ttl: TTL };
    assert_eq!(store.commit(key, stored.revision, write).unwrap(), CommitOutcome::Written);
}
