//! The published rules of a store, checked through both APIs.

use std::process::ExitCode;

use session_memory::{ManualClock, MemoryStore};
use session_testkit::{Claims, Fixture, OpenError, Opened};

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
        Claims::everything().in_process("its sessions are in the memory of one process")
    }
}

fn main() -> ExitCode {
    session_testkit::main(Memory)
}
