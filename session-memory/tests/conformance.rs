//! The published rules of a store, checked through both APIs.

use std::process::ExitCode;

use session_memory::{ManualClock, MemoryStore};
use session_testkit::{Claims, Fixture, Means, OpenError, Opened};

struct Memory;

impl Fixture for Memory {
    fn name(&self) -> &str {
        "session-memory"
    }

    async fn open(&self) -> Result<Opened, OpenError> {
        let clock = ManualClock::new();
        let store = MemoryStore::builder().clock(clock.clone()).build()?;
        let counted = store.clone();
        let opened = Opened::both(store.clone(), store).with_clock(move |time| clock.set(time));
        Ok(opened.with_count(move || counted.len() as u64))
    }

    fn claims(&self) -> Claims {
        Claims::everything()
            .in_process("its sessions are in the memory of one process")
            .without(Means::Proxy, "it has no server")
            .without(Means::Corruption, "its records are values, which nothing decodes")
            .without(Means::IndexLoss, "an index cannot be lost apart from the records, in one memory")
    }
}

fn main() -> ExitCode {
    session_testkit::main(Memory)
}
