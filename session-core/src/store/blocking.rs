use std::time::Duration;

use super::{
    Cap, CommitOutcome, CreateOutcome, DeleteOutcome, Listed, Page, Revision, RotateOutcome, StoreError,
    Stored, TouchOutcome, Write,
};
use crate::id::{Digest, Family, StoreKey};

/// The synchronous face of a session store: the same operations and the same rules as [`Store`](super::Store),
/// answered on the calling thread.
///
/// # Errors
/// As for [`Store`](super::Store): a [`StoreError`] when the backend could not be asked or did not answer.
#[allow(clippy::missing_errors_doc, reason = "said once for the trait")]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a blocking session store",
    note = "implement `session_core::store::BlockingStore`, or use a store of `session-memory`"
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
}

impl<S: BlockingStore + ?Sized> BlockingStore for Box<S> {
    fn load(&self, key: &StoreKey) -> Result<Option<Stored>, StoreError> {
        (**self).load(key)
    }

    fn create(
        &self,
        key: &StoreKey,
        write: Write<'_>,
        cap: Option<Cap>,
    ) -> Result<CreateOutcome, StoreError> {
        (**self).create(key, write, cap)
    }

    fn commit(
        &self,
        key: &StoreKey,
        expected: Revision,
        write: Write<'_>,
    ) -> Result<CommitOutcome, StoreError> {
        (**self).commit(key, expected, write)
    }

    fn touch(&self, key: &StoreKey, expected: Revision, ttl: Duration) -> Result<TouchOutcome, StoreError> {
        (**self).touch(key, expected, ttl)
    }

    fn rotate(
        &self,
        from: &StoreKey,
        expected: Revision,
        to: &StoreKey,
        write: Write<'_>,
        tombstone: Option<Write<'_>>,
    ) -> Result<RotateOutcome, StoreError> {
        (**self).rotate(from, expected, to, write, tombstone)
    }

    fn delete(
        &self,
        key: &StoreKey,
        expected: Option<Revision>,
        tombstone: Option<Write<'_>>,
    ) -> Result<DeleteOutcome, StoreError> {
        (**self).delete(key, expected, tombstone)
    }

    fn list(&self, family: &Family, page: Page) -> Result<Listed, StoreError> {
        (**self).list(family, page)
    }

    fn revoke(&self, family: &Family, keep: Option<&Digest>) -> Result<u64, StoreError> {
        (**self).revoke(family, keep)
    }

    fn sweep(&self, limit: u32) -> Result<u64, StoreError> {
        (**self).sweep(limit)
    }
}
