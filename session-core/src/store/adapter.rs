use std::{future::Future, time::Duration};

use super::{
    Answer, Applied, BlockingStore, Call, Cap, CommitOutcome, CreateOutcome, DeleteOutcome, Listed, Page,
    Revision, RotateOutcome, Store, StoreError, StoreErrorKind, Stored, TouchOutcome, Write,
};
use crate::id::{Digest, Family, StoreKey};

/// A [`Store`] in one function: what stands in front of another store and sees each of its calls.
///
/// Every adapter is a store. Metrics, time limits, faults and type erasure are adapters; a backend implements [`Store`].
///
/// ```
/// use alo_session::store::{Adapter, Answer, Call, Store, StoreError};
///
/// /// Prints every failure of a store.
/// struct Printed<S>(S);
///
/// impl<S: Store> Adapter for Printed<S> {
///     async fn forward(&self, call: Call<'_>) -> Result<Answer, StoreError> {
///         let answer = self.0.perform(call).await;
///         if let Err(error) = &answer {
///             eprintln!("{} failed: {error}", call.operation());
///         }
///         answer
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a session store",
    note = "implement the trait `Store`, or use `MemoryStore`, `SqliteStore`, `RedisStore`, `MysqlStore` or `PostgresStore`",
    note = "a `BlockingStore` is a `Store` if it is `Immediate`; otherwise `SpawnBlocking` makes it one"
)]
pub trait Adapter: Send + Sync + 'static {
    /// Carries out the call, usually by [`perform`](Store::perform) of another store.
    ///
    /// # Errors
    /// [`StoreError`] as each method of [`Store`] returns it.
    fn forward(&self, call: Call<'_>) -> impl Future<Output = Result<Answer, StoreError>> + Send;

    /// See [`Store::immediate`]. Only an adapter that does nothing with a call hands out what is behind it.
    fn immediate(&self) -> Option<&dyn BlockingStore> {
        None
    }
}

/// A [`BlockingStore`] in one function; see [`Adapter`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a blocking session store",
    note = "implement the trait `BlockingStore`, or use `MemoryStore`, or `SqliteStore`, `RedisStore`, `MysqlStore` or `PostgresStore` of a module `blocking`"
)]
pub trait BlockingAdapter: Send + Sync + 'static {
    /// Carries out the call, usually by [`perform`](BlockingStore::perform) of another store.
    ///
    /// # Errors
    /// [`StoreError`] as each method of [`Store`] returns it.
    fn forward(&self, call: Call<'_>) -> Result<Answer, StoreError>;
}

/// The outcome inside an answer.
macro_rules! outcome {
    ($operation:ident, $answer:expr) => {
        match $answer? {
            Answer::$operation(outcome) => Ok(outcome),
            answer => Err(mismatched(&answer)),
        }
    };
}

impl<A: Adapter> Store for A {
    async fn load(&self, key: &StoreKey) -> Result<Option<Stored>, StoreError> {
        outcome!(Load, self.forward(Call::Load { key: *key }).await)
    }

    async fn create(
        &self,
        key: &StoreKey,
        write: Write<'_>,
        cap: Option<Cap>,
    ) -> Result<CreateOutcome, StoreError> {
        outcome!(Create, self.forward(Call::Create { key: *key, write, cap }).await)
    }

    async fn commit(
        &self,
        key: &StoreKey,
        expected: Revision,
        write: Write<'_>,
    ) -> Result<CommitOutcome, StoreError> {
        outcome!(Commit, self.forward(Call::Commit { key: *key, expected, replaced: None, write }).await)
    }

    async fn commit_replacing(
        &self,
        key: &StoreKey,
        expected: Revision,
        replaced: &[u8],
        write: Write<'_>,
    ) -> Result<CommitOutcome, StoreError> {
        let call = Call::Commit { key: *key, expected, replaced: Some(replaced), write };
        outcome!(Commit, self.forward(call).await)
    }

    async fn touch(
        &self,
        key: &StoreKey,
        expected: Revision,
        ttl: Duration,
    ) -> Result<TouchOutcome, StoreError> {
        outcome!(Touch, self.forward(Call::Touch { key: *key, expected, ttl }).await)
    }

    async fn rotate(
        &self,
        from: &StoreKey,
        expected: Revision,
        to: &StoreKey,
        write: Write<'_>,
        tombstone: Option<Write<'_>>,
    ) -> Result<RotateOutcome, StoreError> {
        let call = Call::Rotate { from: *from, expected, to: *to, write, tombstone };
        outcome!(Rotate, self.forward(call).await)
    }

    async fn delete(
        &self,
        key: &StoreKey,
        expected: Option<Revision>,
        tombstone: Option<Write<'_>>,
    ) -> Result<DeleteOutcome, StoreError> {
        outcome!(Delete, self.forward(Call::Delete { key: *key, expected, tombstone }).await)
    }

    async fn list(&self, family: &Family, page: Page) -> Result<Listed, StoreError> {
        outcome!(List, self.forward(Call::List { family: *family, page }).await)
    }

    async fn revoke(&self, family: &Family, keep: Option<&Digest>) -> Result<u64, StoreError> {
        outcome!(Revoke, self.forward(Call::Revoke { family: *family, keep: keep.copied() }).await)
    }

    async fn sweep(&self, limit: u32) -> Result<u64, StoreError> {
        outcome!(Sweep, self.forward(Call::Sweep { limit }).await)
    }

    fn immediate(&self) -> Option<&dyn BlockingStore> {
        Adapter::immediate(self)
    }

    fn perform(&self, call: Call<'_>) -> impl Future<Output = Result<Answer, StoreError>> + Send {
        self.forward(call)
    }
}

impl<A: BlockingAdapter> BlockingStore for A {
    fn load(&self, key: &StoreKey) -> Result<Option<Stored>, StoreError> {
        outcome!(Load, self.forward(Call::Load { key: *key }))
    }

    fn create(
        &self,
        key: &StoreKey,
        write: Write<'_>,
        cap: Option<Cap>,
    ) -> Result<CreateOutcome, StoreError> {
        outcome!(Create, self.forward(Call::Create { key: *key, write, cap }))
    }

    fn commit(
        &self,
        key: &StoreKey,
        expected: Revision,
        write: Write<'_>,
    ) -> Result<CommitOutcome, StoreError> {
        outcome!(Commit, self.forward(Call::Commit { key: *key, expected, replaced: None, write }))
    }

    fn commit_replacing(
        &self,
        key: &StoreKey,
        expected: Revision,
        replaced: &[u8],
        write: Write<'_>,
    ) -> Result<CommitOutcome, StoreError> {
        outcome!(Commit, self.forward(Call::Commit { key: *key, expected, replaced: Some(replaced), write }))
    }

    fn touch(&self, key: &StoreKey, expected: Revision, ttl: Duration) -> Result<TouchOutcome, StoreError> {
        outcome!(Touch, self.forward(Call::Touch { key: *key, expected, ttl }))
    }

    fn rotate(
        &self,
        from: &StoreKey,
        expected: Revision,
        to: &StoreKey,
        write: Write<'_>,
        tombstone: Option<Write<'_>>,
    ) -> Result<RotateOutcome, StoreError> {
        outcome!(Rotate, self.forward(Call::Rotate { from: *from, expected, to: *to, write, tombstone }))
    }

    fn delete(
        &self,
        key: &StoreKey,
        expected: Option<Revision>,
        tombstone: Option<Write<'_>>,
    ) -> Result<DeleteOutcome, StoreError> {
        outcome!(Delete, self.forward(Call::Delete { key: *key, expected, tombstone }))
    }

    fn list(&self, family: &Family, page: Page) -> Result<Listed, StoreError> {
        outcome!(List, self.forward(Call::List { family: *family, page }))
    }

    fn revoke(&self, family: &Family, keep: Option<&Digest>) -> Result<u64, StoreError> {
        outcome!(Revoke, self.forward(Call::Revoke { family: *family, keep: keep.copied() }))
    }

    fn sweep(&self, limit: u32) -> Result<u64, StoreError> {
        outcome!(Sweep, self.forward(Call::Sweep { limit }))
    }

    fn perform(&self, call: Call<'_>) -> Result<Answer, StoreError> {
        self.forward(call)
    }
}

fn mismatched(answer: &Answer) -> StoreError {
    let seen = format!("the adapter returned the answer of a {}", answer.operation());
    StoreError::new(StoreErrorKind::Protocol, Applied::Unknown).with_source(seen)
}
