//! The published rules of a store, checked through the adaptor, and crosswise with the blocking store within.

use std::{process::ExitCode, time::Duration};

use session_memory::{ManualClock, MemoryStore};
use session_testkit::{Claims, Fixture, Means, OpenError, Opened};
use session_tokio::{SpawnBlocking, Timeout};

struct Spawned;

impl Fixture for Spawned {
    fn name(&self) -> &str {
        "session-tokio"
    }

    async fn open(&self) -> Result<Opened, OpenError> {
        let clock = ManualClock::new();
        let store = MemoryStore::builder().clock(clock.clone()).build()?;
        // Never reached: the limit is there to be passed through.
        let spawned = Timeout::new(SpawnBlocking::new(store.clone()), Duration::from_secs(60));
        let counted = store.clone();
        let peer = Opened::both(SpawnBlocking::new(store.clone()), store.clone());
        let opened = Opened::both(spawned, store).with_peer(peer).with_clock(move |time| clock.set(time));
        Ok(opened.with_count(move || counted.len() as u64))
    }

    fn claims(&self) -> Claims {
        Claims::everything()
            .in_process("the sessions of the store within are in the memory of one process")
            .without(Means::Proxy, "it has no server")
            .without(Means::Corruption, "its records are values, which nothing decodes")
            .without(Means::IndexLoss, "an index cannot be lost apart from the records, in one memory")
    }
}

fn main() -> ExitCode {
    session_testkit::main(Spawned)
}
