//! Prints how many pairs of a load and a commit per second the store does, on one thread and on two: the best of
//! several rounds, because whatever else the machine does only ever slows it down.
//!
//! `cargo run --release -p session-memory --example throughput`
#![allow(clippy::print_stdout, reason = "printing is what it is for")]

use std::{
    error::Error,
    thread,
    time::{Duration, Instant},
};

use session_core::{
    id::{Algorithm, CookieId, Generator, StoreKey},
    store::{BlockingStore as _, CommitOutcome, Revision, Write},
};
use session_memory::MemoryStore;

const PAIRS: usize = 2_000_000;
const ROUNDS: usize = 7;
const DATA: [u8; 256] = [7; 256];
const TTL: Duration = Duration::from_secs(300);

fn main() -> Result<(), Box<dyn Error>> {
    println!("pairs of load and commit per second, {} bytes a record", DATA.len());
    println!("{:>10} {:>8} {:>12} {:>12}", "sessions", "threads", "same size", "other size");
    for sessions in [1_000, 10_000, 100_000] {
        for threads in [1, 2] {
            let same = best(sessions, threads, false)?;
            let other = best(sessions, threads, true)?;
            println!("{sessions:>10} {threads:>8} {:>10.2} M {:>10.2} M", same / 1e6, other / 1e6);
        }
    }
    Ok(())
}

fn best(sessions: usize, threads: usize, vary: bool) -> Result<f64, Box<dyn Error>> {
    (0..ROUNDS).try_fold(0.0_f64, |best, _| Ok(best.max(measure(sessions, threads, vary)?)))
}

/// Each thread works on its own part of the sessions, as the requests of a server mostly do.
fn measure(sessions: usize, threads: usize, vary: bool) -> Result<f64, Box<dyn Error>> {
    let store = MemoryStore::new();
    let keys = create(&store, sessions)?;
    let start = Instant::now();
    thread::scope(|scope| {
        for part in keys.chunks(sessions.div_ceil(threads)) {
            let store = &store;
            scope.spawn(move || work(store, part, PAIRS / threads, vary));
        }
    });
    Ok(PAIRS as f64 / start.elapsed().as_secs_f64())
}

fn create(store: &MemoryStore, sessions: usize) -> Result<Vec<StoreKey>, Box<dyn Error>> {
    let mut keys = Vec::with_capacity(sessions);
    for _ in 0..sessions {
        let id = CookieId::generate(Algorithm::Sha256, None, &Generator)?;
        let next = Revision::from_bytes([0; 16]);
        store.create(id.key(), Write { next, data: &DATA, ttl: TTL }, None)?;
        keys.push(*id.key());
    }
    Ok(keys)
}

fn work(store: &MemoryStore, keys: &[StoreKey], pairs: usize, vary: bool) {
    for (number, key) in (1_u128..).zip(keys.iter().cycle().take(pairs)) {
        let Ok(Some(stored)) = store.load(key) else {
            continue;
        };
        let length = if vary { DATA.len() - (number % 16) as usize } else { DATA.len() };
        let write = Write {
            next: Revision::from_bytes(number.to_be_bytes()),
            data: DATA.get(..length).unwrap_or_default(),
            ttl: TTL,
        };
        assert!(matches!(store.commit(key, stored.revision, write), Ok(CommitOutcome::Written)));
    }
}
