use super::{Adapter, Answer, BlockingStore, Call, StoreError};

/// A [`BlockingStore`] that never waits, so that it is a [`Store`](super::Store) as it is.
///
/// For stores in memory: a store that waits for a disk, a network or a lock that is held for long would stop all tasks of
/// the thread. `SpawnBlocking` of the crate `session-tokio` makes such a store asynchronous.
///
/// ```
/// use alo_session::{SessionConfig, driver::Sessions, store::{BlockingStore, Immediate, Store}};
///
/// /// This store implements the nine methods once and serves both APIs.
/// fn sessions(store: impl BlockingStore + Immediate) -> Sessions<impl Store> {
///     Sessions::new(store, SessionConfig::default())
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a session store",
    note = "implement the trait `Store`, or use `MemoryStore`, `SqliteStore`, `RedisStore`, `MysqlStore` or `PostgresStore`",
    note = "a `BlockingStore` is a `Store` if it is `Immediate`; otherwise `SpawnBlocking` makes it one",
    note = "a `Box` of a store is a `Store` only if the store is `Immediate`; an `Arc` of a store is one always"
)]
pub trait Immediate: BlockingStore {}

impl<S: Immediate> Adapter for S {
    async fn forward(&self, call: Call<'_>) -> Result<Answer, StoreError> {
        BlockingStore::perform(self, call)
    }

    fn immediate(&self) -> Option<&dyn BlockingStore> {
        Some(self)
    }
}
