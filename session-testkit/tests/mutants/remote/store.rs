use std::time::Duration;

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{
        BlockingStore, Cap, CommitOutcome, CreateOutcome, DeleteOutcome, Listed, Page, Revision,
        RotateOutcome, Store, StoreError, Stored, TouchOutcome, Write,
    },
};

use super::Remote;
use crate::defect::Defect;

/// A write on its way to the server.
struct Sent {
    next: Revision,
    data: Vec<u8>,
    ttl: Duration,
}

impl From<Write<'_>> for Sent {
    fn from(write: Write<'_>) -> Self {
        Self { next: write.next, data: write.data.to_vec(), ttl: write.ttl }
    }
}

impl Sent {
    fn write(&self) -> Write<'_> {
        Write { next: self.next, data: &self.data, ttl: self.ttl }
    }
}

impl Store for Remote {
    async fn load(&self, key: &StoreKey) -> Result<Option<Stored>, StoreError> {
        let key = *key;
        let answer = self.read(move |store| BlockingStore::load(store, &key)).await;
        if self.defect == Defect::FailureIsAbsent { answer.unwrap_or(Ok(None)) } else { answer? }
    }

    async fn create(
        &self,
        key: &StoreKey,
        write: Write<'_>,
        cap: Option<Cap>,
    ) -> Result<CreateOutcome, StoreError> {
        let (key, sent) = (*key, Sent::from(write));
        self.write(move |store| BlockingStore::create(store, &key, sent.write(), cap)).await?
    }

    async fn commit(
        &self,
        key: &StoreKey,
        expected: Revision,
        write: Write<'_>,
    ) -> Result<CommitOutcome, StoreError> {
        let (key, sent) = (*key, Sent::from(write));
        let answer =
            self.write(move |store| BlockingStore::commit(store, &key, expected, sent.write())).await;
        let forgotten = Ok(CommitOutcome::Written);
        if self.defect == Defect::FailedWritesAreForgotten { answer.unwrap_or(forgotten) } else { answer? }
    }

    async fn touch(
        &self,
        key: &StoreKey,
        expected: Revision,
        ttl: Duration,
    ) -> Result<TouchOutcome, StoreError> {
        let key = *key;
        self.write(move |store| BlockingStore::touch(store, &key, expected, ttl)).await?
    }

    async fn rotate(
        &self,
        from: &StoreKey,
        expected: Revision,
        to: &StoreKey,
        write: Write<'_>,
        tombstone: Option<Write<'_>>,
    ) -> Result<RotateOutcome, StoreError> {
        let (from, to, sent, left) = (*from, *to, Sent::from(write), tombstone.map(Sent::from));
        self.write(move |store| {
            BlockingStore::rotate(store, &from, expected, &to, sent.write(), left.as_ref().map(Sent::write))
        })
        .await?
    }

    async fn delete(
        &self,
        key: &StoreKey,
        expected: Option<Revision>,
        tombstone: Option<Write<'_>>,
    ) -> Result<DeleteOutcome, StoreError> {
        let (key, left) = (*key, tombstone.map(Sent::from));
        self.write(move |store| BlockingStore::delete(store, &key, expected, left.as_ref().map(Sent::write)))
            .await?
    }

    async fn list(&self, family: &Family, page: Page) -> Result<Listed, StoreError> {
        let family = *family;
        self.read(move |store| BlockingStore::list(store, &family, page)).await?
    }

    async fn revoke(&self, family: &Family, keep: Option<&Digest>) -> Result<u64, StoreError> {
        let (family, keep) = (*family, keep.copied());
        self.write(move |store| BlockingStore::revoke(store, &family, keep.as_ref())).await?
    }

    async fn sweep(&self, limit: u32) -> Result<u64, StoreError> {
        self.write(move |store| BlockingStore::sweep(store, limit)).await?
    }
}
