#[allow(unused_variables, reason = "delete this line when all is written")]
impl BlockingStore for MyStore {
    fn load(&self, key: &StoreKey) -> Result<Option<Stored>, StoreError> {
        // The record, if it has not expired (LOAD-1). Nothing changes (LOAD-4). What cannot be decoded is an error (FAULT-4).
        Err(self.not_written_yet("load"))
    }

    fn create(
        &self,
        key: &StoreKey,
        write: Write<'_>,
        cap: Option<Cap>,
    ) -> Result<CreateOutcome, StoreError> {
        // In one atomic step:
        // 1. A live record with the revision `write.next`: `Created` (CREATE-2). Any other live record: `Exists` (CREATE-1).
        // 2. With a cap, if `key.is_owned()`: count the live sessions of the family, without tombstones. Too many: `Full`,
        //    or evict the oldest (FAMILY-3).
        // 3. Store data, revision and deadline as the newest of the family (TTL-1).
        Err(self.not_written_yet("create"))
    }

    fn commit(
        &self,
        key: &StoreKey,
        expected: Revision,
        write: Write<'_>,
    ) -> Result<CommitOutcome, StoreError> {
        // In one atomic step:
        // 1. No live record: `Gone` (COMMIT-2).
        // 2. Its revision is `write.next`: `Written`, and nothing changes (COMMIT-3).
        // 3. Its revision is not `expected`: `Conflict` with the record (COMMIT-1).
        // 4. Replace data, revision and deadline; keep its age (FAMILY-1).
        Err(self.not_written_yet("commit"))
    }

    fn touch(
        &self,
        key: &StoreKey,
        expected: Revision,
        ttl: Duration,
    ) -> Result<TouchOutcome, StoreError> {
        // In one atomic step: no live record with the revision `expected`: `Gone`. Or else set the deadline, rounded up.
        // Ask the clock inside the step: what has expired while this waited for a lock must not live again.
        Err(self.not_written_yet("touch"))
    }

    fn rotate(
        &self,
        from: &StoreKey,
        expected: Revision,
        to: &StoreKey,
        write: Write<'_>,
        tombstone: Option<Write<'_>>,
    ) -> Result<RotateOutcome, StoreError> {
        // 0. `from == to`, or two families: an error of the kind `Other`, not applied (ROTATE-8).
        // In one atomic step, the first that applies (ROTATE-3, -6, -7):
        // 1. `to` has the revision `write.next`: `Written`, and nothing changes.
        // 2. Nothing live under `from`: `Gone`.
        // 3. `from` has not the revision `expected`: `Conflict` with the record.
        // 4. Something live under `to`: `Exists`.
        // 5. `to` gets the write and the age of `from`; `from` gets the tombstone, or nothing.
        Err(self.not_written_yet("rotate"))
    }

    fn delete(
        &self,
        key: &StoreKey,
        expected: Option<Revision>,
        tombstone: Option<Write<'_>>,
    ) -> Result<DeleteOutcome, StoreError> {
        // In one atomic step:
        // 1. No live record: `Gone`.
        // 2. Its revision is that of the tombstone: `Deleted`, and nothing changes (DELETE-4).
        // 3. Its revision is not the `expected` one: `Conflict` with the record (DELETE-2).
        // 4. The key gets the tombstone, or nothing.
        Err(self.not_written_yet("delete"))
    }

    fn list(&self, family: &Family, page: Page) -> Result<Listed, StoreError> {
        // A page of the live sessions, newest first, without tombstones (FAMILY-1, FAMILY-6). None if not `family.is_owned()`.
        Err(self.not_written_yet("list"))
    }

    fn revoke(&self, family: &Family, keep: Option<&Digest>) -> Result<u64, StoreError> {
        // In one atomic step: end all sessions of the family but `keep`, also unreadable ones (FAMILY-2), and return the
        // number of the live ones (FAMILY-5). `Ok(0)` if not `family.is_owned()`.
        Err(self.not_written_yet("revoke"))
    }

    fn sweep(&self, limit: u32) -> Result<u64, StoreError> {
        // Remove at most `limit` expired records and return their number (SWEEP-1). `Ok(0)` if the server expires them.
        Err(self.not_written_yet("sweep"))
    }
}
