//! A store with both APIs, for tests that do the same with each.

use std::time::{Duration, Instant};

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{BlockingStore, CommitOutcome, CreateOutcome, Revision, Store, StoreError, Stored, Write},
};
use session_sql::{
    Builder,
    blocking::{Blocking, SqlStore as BlockingSqlStore},
    nonblocking::{Asynchronous, SqlStore},
};
use tokio::runtime::Runtime;

/// Far above the budget, for a machine that is busy.
pub const BOUND: Duration = Duration::from_secs(60);

/// The builder of a store that is patient enough for a busy machine, and still gives up before a test becomes slow.
pub fn patient<D: Asynchronous + Blocking>(url: &str) -> Builder<D> {
    Builder::new(url)
        .connect_timeout(Duration::from_secs(2))
        .response_timeout(Duration::from_secs(2))
        .budget(Duration::from_secs(8))
}

/// The asynchronous store has a runtime of its own.
pub struct Pair<D: Asynchronous + Blocking> {
    /// That of the asynchronous store.
    pub runtime: Runtime,
    /// The asynchronous store.
    pub nonblocking: SqlStore<D>,
    /// The blocking store.
    pub blocking: BlockingSqlStore<D>,
}

impl<D: Asynchronous + Blocking> Pair<D> {
    /// Both APIs on this server, patient.
    pub fn on(url: &str) -> Self {
        Self::of(&patient(url))
    }

    /// Both APIs with these settings.
    pub fn of(builder: &Builder<D>) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let nonblocking = builder.clone().build().unwrap();
        Self { runtime, nonblocking, blocking: builder.clone().build_blocking().unwrap() }
    }

    /// Loads the session of this number through each API.
    pub fn load(&self, number: u8) -> [Result<Option<Stored>, StoreError>; 2] {
        in_time(|| {
            std::thread::scope(|scope| {
                // At the same time, because many of them time out.
                let blocking = scope.spawn(|| BlockingStore::load(&self.blocking, &key(number + 128)));
                let nonblocking = self.runtime.block_on(Store::load(&self.nonblocking, &key(number)));
                [nonblocking, blocking.join().unwrap()]
            })
        })
    }

    /// Creates the session of this number through each API.
    pub fn create(&self, number: u8) -> [Result<CreateOutcome, StoreError>; 2] {
        let (data, later) = ([number; 100], [number + 128; 100]);
        in_time(|| {
            [
                self.runtime.block_on(Store::create(
                    &self.nonblocking,
                    &key(number),
                    write(number, &data),
                    None,
                )),
                BlockingStore::create(&self.blocking, &key(number + 128), write(number, &later), None),
            ]
        })
    }

    /// Writes the session of this number through each API, from one revision to the next.
    pub fn commit(&self, number: u8, from: u8, to: u8) -> [Result<CommitOutcome, StoreError>; 2] {
        let (data, later) = ([number; 100], [number + 128; 100]);
        let expected = revision(from);
        in_time(|| {
            [
                self.runtime.block_on(Store::commit(
                    &self.nonblocking,
                    &key(number),
                    expected,
                    write(to, &data),
                )),
                BlockingStore::commit(&self.blocking, &key(number + 128), expected, write(to, &later)),
            ]
        })
    }

    /// Loads many times at once, so that the pools fill. Returns the result of each.
    pub fn load_at_once(&self, number: u8, times: usize) -> Vec<Result<Option<Stored>, StoreError>> {
        let store = &self.nonblocking;
        let tasks: Vec<_> = (0..times)
            .map(|_| {
                let store = store.clone();
                self.runtime.spawn(async move { Store::load(&store, &key(number)).await })
            })
            .collect();
        let mut all: Vec<_> = tasks.into_iter().map(|task| self.runtime.block_on(task).unwrap()).collect();
        std::thread::scope(|scope| {
            let load = || BlockingStore::load(&self.blocking, &key(number + 128));
            let threads: Vec<_> = (0..times).map(|_| scope.spawn(load)).collect();
            all.extend(threads.into_iter().map(|thread| thread.join().unwrap()));
        });
        all
    }

    /// Checks that a new session can be written and read.
    pub fn works(&self, number: u8) {
        for created in self.create(number) {
            assert_eq!(created.unwrap(), CreateOutcome::Created { evicted: Vec::new() });
        }
        self.reads(number);
    }

    /// Checks that what `works` has written can be read.
    pub fn reads(&self, number: u8) {
        for (loaded, byte) in self.load(number).into_iter().zip([number, number + 128]) {
            assert_eq!(*loaded.unwrap().unwrap().data, [byte; 100], "another session's bytes");
        }
    }
}

/// The key of a session: `number` for the asynchronous store, 128 more for the blocking one.
pub fn key(number: u8) -> StoreKey {
    let digest = Digest::from_bytes([number; 32]);
    StoreKey { family: Family::anonymous(&digest), digest }
}

/// The revision of this number.
pub fn revision(number: u8) -> Revision {
    Revision::from_bytes([number; 16])
}

/// A write that makes this revision and lets the session live for ten minutes.
pub fn write(next: u8, data: &[u8]) -> Write<'_> {
    Write { next: revision(next), data, ttl: Duration::from_secs(600) }
}

fn in_time<T>(ask: impl FnOnce() -> T) -> T {
    let began = Instant::now();
    let result = ask();
    assert!(began.elapsed() < BOUND, "{:?}", began.elapsed());
    result
}
