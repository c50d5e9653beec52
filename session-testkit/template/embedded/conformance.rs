//! The store against every rule of the contract: `cargo test --test conformance`.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test that panics has failed")]

use std::{
    process::ExitCode,
    time::{Duration, SystemTime},
};

use my_store::MyStore;
use session_testkit::{Claims, Fixture, Means, ModelClock, OpenError, Opened};

struct MyFixture;

impl Fixture for MyFixture {
    fn name(&self) -> &str {
        "my-store"
    }

    /// Opens a fresh, empty store that shares nothing with any other.
    async fn open(&self) -> Result<Opened, OpenError> {
        let (began, clock) = (SystemTime::now(), ModelClock::default());
        let reads = clock.clone();
        let store = MyStore::with_clock(move || began + reads.now());
        let opened = Opened::blocking(store);
        // What the kit may do beyond the contract. A rule whose hook is missing is reported as not checked.

        // Sets the clock that the store asks, so that nothing waits for a deadline (CLOCK-1).
        let opened = opened.with_clock(move |time| clock.set(time));

        // Overwrites the record under a key with bytes of a format that no release has written (FAULT-4):
        // let opened = opened.with_corruption(move |key| todo!("put garbage in the place of the record"));

        // Removes the index of a family, if it is apart from the records (FAMILY-2):
        // let opened = opened.with_index_loss(move |family| todo!("remove the index"));

        // How many things are physically there: records, tombstones, entries of an index (SWEEP-2):
        // let opened = opened.with_count(move || todo!("the entries of each map"));

        // Is dropped when the case has ended. Its `Drop` removes the files, if there are any:
        // let opened = opened.with_guard(File(place));
        Ok(opened)
    }

    /// The smallest difference in time that the store keeps.
    fn resolution(&self) -> Duration {
        Duration::from_millis(1)
    }

    /// Everything, except what the store cannot keep: `.except(&rules::FAMILY_3, "why")`. If it removes expired records
    /// by itself: `.native_expiry()`. If it has no index apart from the records: `.without(Means::IndexLoss, "why")`.
    fn claims(&self) -> Claims {
        Claims::everything()
            .in_process("its sessions live in this process")
            .without(Means::Proxy, "it has no server")
    }
}

fn main() -> ExitCode {
    session_testkit::main(MyFixture)
}
