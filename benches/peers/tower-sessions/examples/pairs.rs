//! Loads and saves of tower-sessions' memory store, as the bench `memory` of `session-benches` does them with ours: 10,000
//! sessions of 400 bytes, each thread on its own part of them.
#![allow(clippy::unwrap_used, reason = "a tool of the developer: whatever goes wrong ends it")]

use std::{
    thread,
    time::{Duration, Instant},
};

use tower_sessions::{
    MemoryStore, SessionStore as _,
    cookie::time::OffsetDateTime,
    session::{Id, Record},
};

const SESSIONS: usize = 10_000;
const TIME: Duration = Duration::from_secs(3);

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let store = MemoryStore::default();
    let ids: Vec<Id> = (0..SESSIONS).map(|_| runtime.block_on(create(&store))).collect();
    for threads in [1, 2] {
        let start = Instant::now();
        let pairs: u64 = thread::scope(|scope| {
            let parts = ids.chunks(SESSIONS / threads);
            let workers: Vec<_> = parts.map(|part| scope.spawn(|| work(&store, part))).collect();
            workers.into_iter().map(|worker| worker.join().unwrap()).sum()
        });
        println!("threads: {threads}, {:.0} ns a pair", start.elapsed().as_nanos() as f64 / pairs as f64);
    }
}

async fn create(store: &MemoryStore) -> Id {
    let values = (0..6).map(|key| (format!("key{key}"), "x".repeat(60).into())).collect();
    let mut record =
        Record { id: Id::default(), data: values, expiry_date: OffsetDateTime::now_utc() + TIME * 100 };
    store.create(&mut record).await.unwrap();
    record.id
}

fn work(store: &MemoryStore, ids: &[Id]) -> u64 {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let start = Instant::now();
    runtime.block_on(async {
        let mut pairs = 0;
        for id in ids.iter().cycle() {
            let mut record = store.load(id).await.unwrap().unwrap();
            record.expiry_date += Duration::from_millis(1);
            store.save(&record).await.unwrap();
            pairs += 1;
            if pairs % 1024 == 0 && start.elapsed() >= TIME {
                break;
            }
        }
        pairs
    })
}
