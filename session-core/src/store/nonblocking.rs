use std::{future::Future, time::Duration};

use super::{
    Answer, BlockingStore, Call, Cap, CommitOutcome, CreateOutcome, DeleteOutcome, Listed, Page, Revision,
    RotateOutcome, StoreError, Stored, TouchOutcome, Write,
};
use crate::id::{Digest, Family, StoreKey};

/// The asynchronous API of a session store: the contract that every backend keeps.
///
/// Each method lists the rules that a correct implementation keeps under *To ensure correctness*; the rules are
/// explained in [`contract`](super::contract) and checked by the conformance kit `session-testkit`.
///
/// # Errors
/// Every method returns a [`StoreError`] if the backend could not be asked or did not answer: with a typed kind, in bounded
/// time, and with a truthful `applied` (FAULT-1). A failure is never reported as an absent record.
/// The store works again by itself once its backend does (FAULT-3).
///
/// # Clocks
/// Deadlines are by the clock of the store. A step of that clock changes nothing else (CLOCK-1). A write that waits for a lock
/// asks for the time when it has it, so that it revives nothing (CLOCK-2).
///
/// # Cost
/// A store on a server says how many round trips each operation takes, and takes no more (COST-1).
///
/// # Several instances
/// Several processes may open a store over the same data, each with an instance of its own. What one did, all others see
/// at once (PEER-1), and every other rule holds for all of them together.
///
/// # Trying again
/// Every write recognises its own repetition, so a store may retry by itself after a lost answer. If another writer comes
/// between two tries, the second returns `Conflict` although the first may have been applied; the core therefore looks for
/// its commit in the lineage of the record before it replays a change. If the second try fails, `applied` stays `Unknown`.
///
/// # Cancellation
/// If the future of a method is dropped, the operation is applied or not applied, never half. No later operation may receive
/// its answer (FAULT-2).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a session store",
    note = "implement the trait `Store`, or use `MemoryStore`, `SqliteStore`, `RedisStore`, `MysqlStore` or `PostgresStore`"
)]
pub trait Store: Send + Sync + 'static {
    /// Returns the live record under the key, or `None`.
    ///
    /// ### To ensure correctness
    /// - LOAD-1: an expired record is absent although nothing swept it.
    /// - LOAD-2: keys that differ at all are different keys.
    /// - LOAD-3: the bytes come back exactly as written.
    /// - LOAD-4: loading changes nothing, the deadline included.
    /// - FAULT-4: an undecodable record is an error of its own and is left as it is.
    fn load(&self, key: &StoreKey) -> impl Future<Output = Result<Option<Stored>, StoreError>> + Send;

    /// Inserts a record if the key has no live one. `cap` limits the live sessions of an owned family
    /// and is ignored for others.
    ///
    /// ### To ensure correctness
    /// - CREATE-1: an existing live key is left untouched and answers `Exists`.
    /// - CREATE-2: the same attempt again (same `next`) answers `Created`, evicts nothing more and changes nothing.
    /// - CREATE-3: of N racing creates of one key exactly one wins.
    /// - FAMILY-1: of the sessions of a family the cap evicts the oldest; a rotated one is as old as it was.
    /// - FAMILY-3: the cap holds under concurrency, ends exactly what it reports, and is ignored for an anonymous family.
    /// - TTL-1: nothing is stored without a deadline.
    /// - TTL-2: a deadline of up to 400 days is kept; a longer one may be cut, and still comes.
    fn create(
        &self,
        key: &StoreKey,
        write: Write<'_>,
        cap: Option<Cap>,
    ) -> impl Future<Output = Result<CreateOutcome, StoreError>> + Send;

    /// Replaces the record, but only if its revision is `expected`.
    ///
    /// ### To ensure correctness
    /// - COMMIT-1: only with the expected revision; otherwise `Conflict` with the live record.
    /// - COMMIT-2: on an absent, deleted or expired key it answers `Gone` and stores nothing.
    /// - COMMIT-3: the same `next` again answers `Written` and changes nothing.
    /// - COMMIT-4: the chain of revisions of a key never forks under any concurrency.
    /// - COMMIT-5: an equal payload is still a write, not `Gone`.
    /// - COMMIT-6: it sets the deadline to its own ttl, also to an earlier one.
    /// - COMMIT-7: [`commit_replacing`](Self::commit_replacing) does the same.
    fn commit(
        &self,
        key: &StoreKey,
        expected: Revision,
        write: Write<'_>,
    ) -> impl Future<Output = Result<CommitOutcome, StoreError>> + Send;

    /// Does what [`commit`](Self::commit) does. `replaced` is what the caller has loaded with the expected revision: a store may
    /// compare it with what is stored where that costs its server less. A backend without such a way leaves it as it is.
    ///
    /// ### To ensure correctness
    /// - COMMIT-7: all rules of a commit hold, also if `replaced` is wrong.
    fn commit_replacing(
        &self,
        key: &StoreKey,
        expected: Revision,
        replaced: &[u8],
        write: Write<'_>,
    ) -> impl Future<Output = Result<CommitOutcome, StoreError>> + Send {
        let _ = replaced;
        self.commit(key, expected, write)
    }

    /// Sets the deadline of the record to `ttl` from now, but only if its revision is `expected`.
    ///
    /// ### To ensure correctness
    /// - TOUCH-1: never creates, never changes data or revision.
    /// - TOUCH-2: afterwards the remaining time is the ttl asked for; a ttl under the store's resolution rounds
    ///   up, never to zero or for ever.
    /// - TOUCH-3: a record of another revision keeps its deadline, and the answer is `Gone`.
    fn touch(
        &self,
        key: &StoreKey,
        expected: Revision,
        ttl: Duration,
    ) -> impl Future<Output = Result<TouchOutcome, StoreError>> + Send;

    /// Moves the session from one key to another of the same family in one atomic step, only if the revision
    /// under `from` is `expected`. Afterwards `from` holds the tombstone, or nothing.
    ///
    /// ### To ensure correctness
    /// - ROTATE-1: afterwards exactly one live session exists; a tombstone is neither listed nor capped.
    /// - ROTATE-2: every operation that expects the old revision of `from` is inert.
    /// - ROTATE-3: an occupied target answers `Exists`, both records untouched.
    /// - ROTATE-4: a crash at any point leaves the old or the new session, never none, never both.
    /// - ROTATE-5: a tombstone expires by itself.
    /// - ROTATE-6: the same attempt again answers `Written` and changes nothing.
    /// - ROTATE-7: only with the expected revision of `from`, else `Gone` or `Conflict`, whatever is under `to`.
    /// - ROTATE-8: from a key to itself or to another family it fails and changes nothing.
    /// - FAMILY-1: the session is as old as it was.
    fn rotate(
        &self,
        from: &StoreKey,
        expected: Revision,
        to: &StoreKey,
        write: Write<'_>,
        tombstone: Option<Write<'_>>,
    ) -> impl Future<Output = Result<RotateOutcome, StoreError>> + Send;

    /// Deletes the record, only if its revision is `expected` where one is given. Afterwards the key holds the
    /// tombstone, or nothing.
    ///
    /// ### To ensure correctness
    /// - DELETE-1: final; no later commit, touch or rotate brings the key back.
    /// - DELETE-2: with another revision than expected it answers `Conflict` and deletes nothing.
    /// - DELETE-3: a tombstone is loadable until it expires by itself, and neither listed nor counted by a cap.
    /// - DELETE-4: the same attempt again (same tombstone) answers `Deleted` and changes nothing.
    /// - FAULT-4: without an expectation a record that cannot be read is deleted, too.
    fn delete(
        &self,
        key: &StoreKey,
        expected: Option<Revision>,
        tombstone: Option<Write<'_>>,
    ) -> impl Future<Output = Result<DeleteOutcome, StoreError>> + Send;

    /// Returns a part of the live sessions of an owned family, newest first. It is empty for a family that is not owned.
    ///
    /// ### To ensure correctness
    /// - FAMILY-1: exactly the live owned sessions, no tombstone among them; a rotated one is as old as it was.
    /// - FAMILY-4: families and prefixes are isolated from each other.
    /// - FAMILY-6: the parts together have every session once that lives throughout, and none has more than its limit.
    fn list(&self, family: &Family, page: Page) -> impl Future<Output = Result<Listed, StoreError>> + Send;

    /// Ends every session of an owned family but `keep`, and returns their number. The store decides whether the tombstones of
    /// the family are removed too.
    ///
    /// ### To ensure correctness
    /// - FAMILY-2: none of the sessions that existed is loadable afterwards, also when an index was lost, while
    ///   creates, touches, commits and rotations race.
    /// - FAMILY-5: the answer is how many live sessions ended; none of an anonymous family does.
    fn revoke(
        &self,
        family: &Family,
        keep: Option<&Digest>,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// Removes at most `limit` expired records and returns their number; `Ok(0)` if the backend expires records by itself.
    ///
    /// ### To ensure correctness
    /// - SWEEP-1: bounded, leaves live records alone, two sweepers do not disturb each other or live traffic; again and again it
    ///   removes all, past what cannot be read.
    /// - SWEEP-2: nothing is left: no record, tombstone, index entry, mark or lock.
    fn sweep(&self, limit: u32) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// Returns the store itself if it is [`Immediate`](super::Immediate): a driver then makes no future of a call. A backend
    /// leaves it as it is.
    fn immediate(&self) -> Option<&dyn BlockingStore> {
        None
    }

    /// Carries out an operation that is given as a value, by the method of its name: what drivers and adapters call. A
    /// backend leaves it as it is.
    fn perform(&self, call: Call<'_>) -> impl Future<Output = Result<Answer, StoreError>> + Send {
        async move {
            Ok(match call {
                Call::Load { key } => Answer::Load(self.load(&key).await?),
                Call::Create { key, write, cap } => Answer::Create(self.create(&key, write, cap).await?),
                Call::Commit { key, expected, replaced: None, write } => {
                    Answer::Commit(self.commit(&key, expected, write).await?)
                }
                Call::Commit { key, expected, replaced: Some(replaced), write } => {
                    Answer::Commit(self.commit_replacing(&key, expected, replaced, write).await?)
                }
                Call::Touch { key, expected, ttl } => Answer::Touch(self.touch(&key, expected, ttl).await?),
                Call::Rotate { from, expected, to, write, tombstone } => {
                    Answer::Rotate(self.rotate(&from, expected, &to, write, tombstone).await?)
                }
                Call::Delete { key, expected, tombstone } => {
                    Answer::Delete(self.delete(&key, expected, tombstone).await?)
                }
                Call::List { family, page } => Answer::List(self.list(&family, page).await?),
                Call::Revoke { family, keep } => Answer::Revoke(self.revoke(&family, keep.as_ref()).await?),
                Call::Sweep { limit } => Answer::Sweep(self.sweep(limit).await?),
            })
        }
    }
}
