//! The API of the store: each operation runs on the shard of its family.

use std::time::Duration;

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{
        Applied, BlockingStore, Cap, CommitOutcome, CreateOutcome, DeleteOutcome, Immediate, Listed, Page,
        Revision, RotateOutcome, StoreError, StoreErrorKind, Stored, TouchOutcome, Write, check_rotation,
    },
};

use super::{MemoryStore, draft::Draft, key::Key};

impl BlockingStore for MemoryStore {
    fn load(&self, key: &StoreKey) -> Result<Option<Stored>, StoreError> {
        Ok(self.read(&key.family, |shard, now| shard.load(now, &key.into())))
    }

    fn create(
        &self,
        key: &StoreKey,
        write: Write<'_>,
        cap: Option<Cap>,
    ) -> Result<CreateOutcome, StoreError> {
        self.check_size(write.data.len())?;
        let mut draft = Draft::from(write);
        self.write(&key.family, |shard, now| shard.create(now, key.into(), &mut draft, cap))
    }

    fn commit(
        &self,
        key: &StoreKey,
        expected: Revision,
        write: Write<'_>,
    ) -> Result<CommitOutcome, StoreError> {
        self.check_size(write.data.len())?;
        let mut draft = Draft::from(write);
        self.write(&key.family, |shard, now| shard.commit(now, key.into(), expected, &mut draft))
    }

    fn touch(&self, key: &StoreKey, expected: Revision, ttl: Duration) -> Result<TouchOutcome, StoreError> {
        self.write(&key.family, |shard, now| Ok(shard.touch(now, key.into(), expected, ttl)))
    }

    fn rotate(
        &self,
        from: &StoreKey,
        expected: Revision,
        to: &StoreKey,
        write: Write<'_>,
        tombstone: Option<Write<'_>>,
    ) -> Result<RotateOutcome, StoreError> {
        let mistake = |reason| StoreError::new(StoreErrorKind::Other, Applied::No).with_source(reason);
        check_rotation(from, to).map_err(mistake)?;
        let left = tombstone.map_or(0, |write| write.data.len());
        self.check_size(write.data.len().saturating_add(left))?;
        let mut draft = Draft::from(write);
        let mut tombstone = tombstone.map(Draft::from);
        self.write(&from.family, |shard, now| {
            let from = (Key::from(from), expected);
            shard.rotate(now, from, to.into(), &mut draft, tombstone.as_mut())
        })
    }

    fn delete(
        &self,
        key: &StoreKey,
        expected: Option<Revision>,
        tombstone: Option<Write<'_>>,
    ) -> Result<DeleteOutcome, StoreError> {
        self.check_size(tombstone.map_or(0, |write| write.data.len()))?;
        let mut tombstone = tombstone.map(Draft::from);
        self.write(&key.family, |shard, now| shard.delete(now, key.into(), expected, tombstone.as_mut()))
    }

    fn list(&self, family: &Family, page: Page) -> Result<Listed, StoreError> {
        Ok(self.read(family, |shard, now| shard.list(now, *family, page)))
    }

    fn revoke(&self, family: &Family, keep: Option<&Digest>) -> Result<u64, StoreError> {
        // Others get the shard in between. A session that rotates meanwhile keeps its place, and is met there.
        let mut places = 0..u64::MAX;
        let mut ended = 0;
        while !places.is_empty() {
            ended += self.write(family, |shard, now| {
                Ok(shard.revoke(now, *family, keep, &mut places, RECORDS_PER_LOCK))
            })?;
        }
        Ok(ended)
    }

    fn sweep(&self, limit: u32) -> Result<u64, StoreError> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        Ok(self.sweep_all(limit) as u64)
    }
}

impl Immediate for MemoryStore {}

/// The number of records that are removed under one lock.
const RECORDS_PER_LOCK: usize = 256;
