use std::{error::Error as _, time::Duration};

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{
        Cap, CommitOutcome, CreateOutcome, DeleteOutcome, Revision, RotateOutcome, Store as _, StoreError,
        Stored, TouchOutcome,
    },
};

use super::{Draft, Subject};
use crate::violation::Checked;

/// The operations of the store. A failure breaks the rule at hand: nothing here gives a store a reason to fail.
impl Subject {
    pub(crate) async fn load(&self, key: &StoreKey) -> Checked<Option<Stored>> {
        self.answered("load", self.face.load(key).await)
    }

    pub(crate) async fn create(
        &self,
        key: &StoreKey,
        draft: &Draft,
        cap: Option<Cap>,
    ) -> Checked<CreateOutcome> {
        self.answered("create", self.face.create(key, draft.write(), cap).await)
    }

    pub(crate) async fn commit(
        &self,
        key: &StoreKey,
        expected: Revision,
        draft: &Draft,
    ) -> Checked<CommitOutcome> {
        self.answered("commit", self.face.commit(key, expected, draft.write()).await)
    }

    pub(crate) async fn touch(
        &self,
        key: &StoreKey,
        expected: Revision,
        ttl: Duration,
    ) -> Checked<TouchOutcome> {
        self.answered("touch", self.face.touch(key, expected, ttl).await)
    }

    pub(crate) async fn rotate(
        &self,
        (from, expected): (&StoreKey, Revision),
        to: &StoreKey,
        draft: &Draft,
        tombstone: Option<&Draft>,
    ) -> Checked<RotateOutcome> {
        let tombstone = tombstone.map(Draft::write);
        let answer = self.face.rotate(from, expected, to, draft.write(), tombstone).await;
        self.answered("rotate", answer)
    }

    pub(crate) async fn delete(&self, key: &StoreKey, expected: Option<Revision>) -> Checked<DeleteOutcome> {
        self.bury(key, expected, None).await
    }

    /// Deletes, and leaves a tombstone where there is one.
    pub(crate) async fn bury(
        &self,
        key: &StoreKey,
        expected: Option<Revision>,
        tombstone: Option<&Draft>,
    ) -> Checked<DeleteOutcome> {
        self.answered("delete", self.face.delete(key, expected, tombstone.map(Draft::write)).await)
    }

    pub(crate) async fn list(&self, family: &Family) -> Checked<Vec<(Digest, Stored)>> {
        self.answered("list", self.face.list(family).await)
    }

    pub(crate) async fn revoke(&self, family: &Family, keep: Option<&Digest>) -> Checked<u64> {
        self.answered("revoke", self.face.revoke(family, keep).await)
    }

    pub(crate) async fn sweep(&self, limit: u32) -> Checked<u64> {
        self.answered("sweep", self.face.sweep(limit).await)
    }

    fn answered<T>(&self, operation: &str, answer: Result<T, StoreError>) -> Checked<T> {
        answer.map_err(|error| {
            let cause = error.source().map(|source| format!(" ({source})")).unwrap_or_default();
            self.violation(format!("`{operation}` failed where it had to answer: {error}{cause}"))
        })
    }
}
