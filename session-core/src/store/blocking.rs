use std::time::Duration;

use super::{
    Answer, Call, Cap, CommitOutcome, CreateOutcome, DeleteOutcome, Listed, Page, Revision, RotateOutcome,
    StoreError, Stored, TouchOutcome, Write,
};
use crate::id::{Digest, Family, StoreKey};

/// The blocking API of a session store: the operations and the rules of [`Store`](super::Store), carried out on the
/// calling thread.
///
/// # Errors
/// See [`Store`](super::Store): a [`StoreError`] if the backend could not be asked or did not answer.
#[allow(clippy::missing_errors_doc, reason = "said once for the trait")]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a blocking session store",
    note = "implement the trait `BlockingStore`, or use `MemoryStore`, or `SqliteStore`, `RedisStore`, `MysqlStore` or `PostgresStore` of a module `blocking`"
)]
pub trait BlockingStore: Send + Sync + 'static {
    /// See [`Store::load`](super::Store::load).
    fn load(&self, key: &StoreKey) -> Result<Option<Stored>, StoreError>;

    /// See [`Store::create`](super::Store::create).
    fn create(&self, key: &StoreKey, write: Write<'_>, cap: Option<Cap>)
    -> Result<CreateOutcome, StoreError>;

    /// See [`Store::commit`](super::Store::commit).
    fn commit(
        &self,
        key: &StoreKey,
        expected: Revision,
        write: Write<'_>,
    ) -> Result<CommitOutcome, StoreError>;

    /// See [`Store::commit_replacing`](super::Store::commit_replacing).
    fn commit_replacing(
        &self,
        key: &StoreKey,
        expected: Revision,
        replaced: &[u8],
        write: Write<'_>,
    ) -> Result<CommitOutcome, StoreError> {
        let _ = replaced;
        self.commit(key, expected, write)
    }

    /// See [`Store::touch`](super::Store::touch).
    fn touch(&self, key: &StoreKey, expected: Revision, ttl: Duration) -> Result<TouchOutcome, StoreError>;

    /// See [`Store::rotate`](super::Store::rotate).
    fn rotate(
        &self,
        from: &StoreKey,
        expected: Revision,
        to: &StoreKey,
        write: Write<'_>,
        tombstone: Option<Write<'_>>,
    ) -> Result<RotateOutcome, StoreError>;

    /// See [`Store::delete`](super::Store::delete).
    fn delete(
        &self,
        key: &StoreKey,
        expected: Option<Revision>,
        tombstone: Option<Write<'_>>,
    ) -> Result<DeleteOutcome, StoreError>;

    /// See [`Store::list`](super::Store::list).
    fn list(&self, family: &Family, page: Page) -> Result<Listed, StoreError>;

    /// See [`Store::revoke`](super::Store::revoke).
    fn revoke(&self, family: &Family, keep: Option<&Digest>) -> Result<u64, StoreError>;

    /// See [`Store::sweep`](super::Store::sweep).
    fn sweep(&self, limit: u32) -> Result<u64, StoreError>;

    /// See [`Store::perform`](super::Store::perform).
    fn perform(&self, call: Call<'_>) -> Result<Answer, StoreError> {
        Ok(match call {
            Call::Load { key } => Answer::Load(self.load(&key)?),
            Call::Create { key, write, cap } => Answer::Create(self.create(&key, write, cap)?),
            Call::Commit { key, expected, replaced: None, write } => {
                Answer::Commit(self.commit(&key, expected, write)?)
            }
            Call::Commit { key, expected, replaced: Some(replaced), write } => {
                Answer::Commit(self.commit_replacing(&key, expected, replaced, write)?)
            }
            Call::Touch { key, expected, ttl } => Answer::Touch(self.touch(&key, expected, ttl)?),
            Call::Rotate { from, expected, to, write, tombstone } => {
                Answer::Rotate(self.rotate(&from, expected, &to, write, tombstone)?)
            }
            Call::Delete { key, expected, tombstone } => {
                Answer::Delete(self.delete(&key, expected, tombstone)?)
            }
            Call::List { family, page } => Answer::List(self.list(&family, page)?),
            Call::Revoke { family, keep } => Answer::Revoke(self.revoke(&family, keep.as_ref())?),
            Call::Sweep { limit } => Answer::Sweep(self.sweep(limit)?),
        })
    }
}
