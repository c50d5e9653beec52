//! The store against every rule of the contract: `cargo test --test conformance`.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test that panics has failed")]

use std::{
    process::{self, ExitCode},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use my_store::MyStore;
use session_testkit::{Claims, Fixture, OpenError, Opened};

/// Where the tests keep their files. For a server: its URL, and `OpenError::absent(why)` from `open` if it is missing.
const ROOT: &str = env!("CARGO_TARGET_TMPDIR");

struct MyFixture;

impl Fixture for MyFixture {
    fn name(&self) -> &str {
        "my-store"
    }

    /// Opens a fresh, empty store that shares nothing with any other: a file, a table or a prefix of its own.
    async fn open(&self) -> Result<Opened, OpenError> {
        let place = new_place();
        let opened = Opened::blocking(MyStore::open(&place)?).at(place);
        // What the kit may do beyond the contract. A rule whose hook is missing is reported as not checked.

        // Sets the clock of the store, also back. Without it the kit waits for deadlines, by the clock of the machine:
        // let opened = opened.with_clock(move |time| todo!("`time` since the store was opened"));

        // Overwrites the record under a key with bytes of a format that no release has written (FAULT-4):
        // let opened = opened.with_corruption(move |key| todo!("UPDATE … SET data = 'garbage' WHERE …"));

        // Removes the index of a family, if it is apart from the records (FAMILY-2):
        // let opened = opened.with_index_loss(move |family| todo!("DELETE FROM the_index WHERE …"));

        // How many things are physically there: rows, tombstones, entries of an index, rows for locks (SWEEP-2):
        // let opened = opened.with_count(move || todo!("SELECT COUNT(*) FROM …"));

        // How often the client has asked the server so far (COST-1); the proxy below counts by itself:
        // let opened = opened.with_round_trips(move || todo!("a counter of the client"));

        // Is dropped when the case has ended. Its `Drop` removes the file:
        // let opened = opened.with_guard(File(place));
        Ok(opened)
    }

    /// Opens another instance over the same data, as a second application server has it (PEER-1). The kit starts this
    /// program once more and calls it there, with what `at` was given above.
    async fn join(&self, place: &str) -> Result<Opened, OpenError> {
        Ok(Opened::blocking(MyStore::open(place)?))
    }

    // Only if there is a server: a store behind a proxy that cuts, stalls and delays (FAULT-1 to FAULT-3); needs the
    // feature `testservers`:
    //
    // async fn open_behind_proxy(&self) -> Result<(Opened, Box<dyn Network>), OpenError> {
    //     let proxy = session_testservers::proxy::Proxy::start("127.0.0.1:1234".parse()?)?;
    //     let store = MyStore::open(&format!("mine://{}", proxy.address()))?;
    //     Ok((Opened::blocking(store), Box::new(proxy)))
    // }

    /// The smallest difference in time that the store keeps.
    fn resolution(&self) -> Duration {
        Duration::from_millis(1)
    }

    /// Everything, except what the store cannot keep: `.except(&rules::FAMILY_3, "why")`. If the database removes
    /// expired records by itself: `.native_expiry()`. If something is not there to be checked, such as an index apart from
    /// the records, or a server: `.without(Means::IndexLoss, "why")`. What an operation may cost: `.budget([(Errand::Load, 1)])`.
    fn claims(&self) -> Claims {
        Claims::everything()
    }
}

/// A place that no other case uses.
fn new_place() -> String {
    static OPENED: AtomicU32 = AtomicU32::new(0);
    let number = OPENED.fetch_add(1, Ordering::Relaxed);
    format!("{ROOT}/test_{}_{number}", process::id())
}

fn main() -> ExitCode {
    session_testkit::main(MyFixture)
}
