use std::{collections::BTreeMap, time::Duration};

use bytes::Bytes;
use session_core::{
    id::{Digest, Family, StoreKey},
    store::{
        Applied, Cap, CommitOutcome, CreateOutcome, Cursor, DeleteOutcome, Listed, OnFull, Page, Revision,
        RotateOutcome, StoreError, StoreErrorKind, Stored, TouchOutcome, Write,
    },
};

use super::Entry;

/// The records of the model in one map. Every question searches all of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    entries: BTreeMap<StoreKey, Entry>,
    sequence: u64,
}

impl State {
    pub(crate) fn live(&self, now: Duration, key: &StoreKey) -> Option<&Entry> {
        self.entries.get(key).filter(|entry| entry.is_live(now))
    }

    /// The record under the key, expired or not.
    pub(crate) fn at(&self, key: &StoreKey) -> Option<&Entry> {
        self.entries.get(key)
    }

    /// The deadlines of all records, passed or not.
    pub(crate) fn deadlines(&self) -> impl Iterator<Item = Duration> {
        self.entries.values().map(|entry| entry.deadline)
    }

    /// The live sessions of an owned family, newest first.
    pub(crate) fn sessions(&self, now: Duration, family: &Family) -> Vec<(Digest, &Entry)> {
        let mut sessions: Vec<_> = self
            .entries
            .iter()
            .filter(|(key, entry)| key.family == *family && key.is_owned() && entry.is_live(now))
            .filter(|(_, entry)| !entry.tombstone)
            .map(|(key, entry)| (key.digest, entry))
            .collect();
        sessions.sort_by_key(|(_, entry)| std::cmp::Reverse(entry.sequence));
        sessions
    }

    pub(crate) fn load(&self, now: Duration, key: &StoreKey) -> Result<Option<Stored>, StoreError> {
        let live = self.live(now, key).map(Entry::readable).transpose()?;
        Ok(live.map(|entry| entry.stored(now)))
    }

    pub(crate) fn create(
        &mut self,
        now: Duration,
        key: &StoreKey,
        write: &Write<'_>,
        cap: Option<Cap>,
    ) -> Result<CreateOutcome, StoreError> {
        if let Some(live) = self.live(now, key) {
            let again = live.readable()?.revision == write.next;
            return Ok(if again { created(Vec::new()) } else { CreateOutcome::Exists });
        }
        let mut oldest_first: Vec<Digest> =
            self.sessions(now, &key.family).into_iter().map(|(digest, _)| digest).rev().collect();
        let max = cap.map_or(usize::MAX, |cap| usize::try_from(cap.max.get()).unwrap_or(usize::MAX));
        let too_many = (oldest_first.len() + 1).saturating_sub(max);
        if too_many > 0 && cap.is_some_and(|cap| cap.on_full == OnFull::Refuse) {
            return Ok(CreateOutcome::Full);
        }
        oldest_first.truncate(too_many);
        for digest in &oldest_first {
            self.forget(&StoreKey { family: key.family, digest: *digest });
        }
        self.sequence += 1;
        self.entries.insert(*key, Entry::new(now, write, self.sequence));
        Ok(created(oldest_first))
    }

    pub(crate) fn commit(
        &mut self,
        now: Duration,
        key: &StoreKey,
        expected: Revision,
        write: &Write<'_>,
    ) -> Result<CommitOutcome, StoreError> {
        let Some(live) = self.live(now, key).map(Entry::readable).transpose()? else {
            return Ok(CommitOutcome::Gone);
        };
        if live.revision == write.next {
            return Ok(CommitOutcome::Written);
        }
        if live.revision != expected {
            return Ok(CommitOutcome::Conflict(live.stored(now)));
        }
        let next = Entry {
            revision: write.next,
            data: Bytes::copy_from_slice(write.data),
            deadline: Entry::deadline(now, write.ttl),
            ..live.clone()
        };
        self.entries.insert(*key, next);
        Ok(CommitOutcome::Written)
    }

    pub(crate) fn touch(
        &mut self,
        now: Duration,
        key: &StoreKey,
        expected: Revision,
        ttl: Duration,
    ) -> Result<TouchOutcome, StoreError> {
        let Some(live) = self.live(now, key).map(Entry::readable).transpose()? else {
            return Ok(TouchOutcome::Gone);
        };
        if live.revision != expected {
            return Ok(TouchOutcome::Gone);
        }
        let deadline = Entry::deadline(now, ttl);
        self.entries.insert(*key, Entry { deadline, ..live.clone() });
        Ok(TouchOutcome::Touched)
    }

    pub(crate) fn rotate(
        &mut self,
        now: Duration,
        (from, to): (&StoreKey, &StoreKey),
        expected: Revision,
        write: &Write<'_>,
        tombstone: Option<&Write<'_>>,
    ) -> Result<RotateOutcome, StoreError> {
        if from == to || from.family != to.family {
            return Err(StoreError::new(StoreErrorKind::Other, Applied::No));
        }
        let target = self.live(now, to).map(Entry::readable).transpose()?;
        if target.is_some_and(|target| target.revision == write.next) {
            return Ok(RotateOutcome::Written);
        }
        let Some(source) = self.live(now, from).map(Entry::readable).transpose()? else {
            return Ok(RotateOutcome::Gone);
        };
        if source.revision != expected {
            return Ok(RotateOutcome::Conflict(source.stored(now)));
        }
        if target.is_some() {
            return Ok(RotateOutcome::Exists);
        }
        let (born, sequence) = (source.born, source.sequence);
        let moved = Entry { born, ..Entry::new(now, write, sequence) };
        let left = tombstone.map(|write| Entry::tombstone(now, write, sequence));
        self.forget(from);
        self.entries.extend(left.map(|entry| (*from, entry)));
        self.entries.insert(*to, moved);
        Ok(RotateOutcome::Written)
    }

    pub(crate) fn delete(
        &mut self,
        now: Duration,
        key: &StoreKey,
        expected: Option<Revision>,
        tombstone: Option<&Write<'_>>,
    ) -> Result<DeleteOutcome, StoreError> {
        let Some(live) = self.live(now, key) else {
            return Ok(DeleteOutcome::Gone);
        };
        if tombstone.is_some_and(|write| live.revision == write.next) {
            return Ok(DeleteOutcome::Deleted);
        }
        if let Some(expected) = expected
            && live.readable()?.revision != expected
        {
            return Ok(DeleteOutcome::Conflict(live.stored(now)));
        }
        let sequence = live.sequence;
        self.forget(key);
        self.entries.extend(tombstone.map(|write| (*key, Entry::tombstone(now, write, sequence))));
        Ok(DeleteOutcome::Deleted)
    }

    pub(crate) fn list(&self, now: Duration, family: &Family, page: Page) -> Result<Listed, StoreError> {
        let sessions = self.sessions(now, family).into_iter();
        let (found, next) =
            page.cut(sessions.map(|(digest, entry)| (Cursor { position: entry.sequence, digest }, entry)));
        let readable = |(digest, entry): (Digest, &Entry)| Ok((digest, entry.readable()?.stored(now)));
        Ok(Listed { sessions: found.into_iter().map(readable).collect::<Result<_, StoreError>>()?, next })
    }

    pub(crate) fn revoke(&mut self, now: Duration, family: &Family, keep: Option<&Digest>) -> u64 {
        let mut digests: Vec<Digest> =
            self.sessions(now, family).into_iter().map(|(digest, _)| digest).collect();
        digests.retain(|digest| Some(digest) != keep);
        for digest in &digests {
            self.forget(&StoreKey { family: *family, digest: *digest });
        }
        count(digests.len())
    }

    pub(crate) fn sweep(&mut self, now: Duration, limit: u32) -> u64 {
        let expired = self.entries.iter().filter(|(_, entry)| !entry.is_live(now)).map(|(key, _)| *key);
        let expired: Vec<StoreKey> = expired.take(usize::try_from(limit).unwrap_or(usize::MAX)).collect();
        for key in &expired {
            self.forget(key);
        }
        count(expired.len())
    }

    pub(crate) fn count(&self) -> u64 {
        count(self.entries.len())
    }

    pub(crate) fn forget(&mut self, key: &StoreKey) {
        self.entries.remove(key);
    }

    pub(crate) fn corrupt(&mut self, key: &StoreKey) {
        if let Some(entry) = self.entries.get_mut(key) {
            entry.readable = false;
        }
    }
}

fn created(evicted: Vec<Digest>) -> CreateOutcome {
    CreateOutcome::Created { evicted }
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
