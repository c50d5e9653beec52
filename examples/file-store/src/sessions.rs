use session_core::{
    id::Digest,
    store::{Cursor, StoreError},
};

use crate::{file::Entry, record::Record};

/// The sessions of one family, while nobody else can change them.
pub(crate) struct Sessions {
    pub(crate) entries: Vec<Entry>,
    pub(crate) now: u64,
    pub(crate) changed: bool,
}

impl Sessions {
    pub(crate) fn live(&self, digest: &Digest) -> Result<Option<Record>, StoreError> {
        let entry = self.entries.iter().find(|entry| entry.cursor.digest == *digest);
        let record = entry.map(Entry::decode).transpose()?;
        Ok(record.filter(|record| record.is_live(self.now)))
    }

    /// Stores the record in the place of the one under `place`, so that it is as old as that one was; as the
    /// newest if there is none.
    pub(crate) fn put(&mut self, place: &Digest, digest: &Digest, record: &Record) {
        self.changed = true;
        let newest = self.entries.last().map_or(0, |entry| entry.cursor.position);
        let new = |position| Entry { cursor: Cursor { position, digest: *digest }, record: record.encode() };
        match self.entries.iter_mut().find(|entry| entry.cursor.digest == *place) {
            Some(entry) => *entry = new(entry.cursor.position),
            None => self.entries.push(new(newest.saturating_add(1))),
        }
    }

    pub(crate) fn remove(&mut self, digest: &Digest) {
        self.changed = true;
        self.entries.retain(|entry| entry.cursor.digest != *digest);
    }

    /// The live sessions, oldest first, and no tombstones.
    pub(crate) fn all(&self) -> Result<Vec<(Cursor, Record)>, StoreError> {
        let decoded = self.entries.iter().map(|entry| Ok((entry.cursor, entry.decode()?)));
        let all: Vec<(Cursor, Record)> = decoded.collect::<Result<_, StoreError>>()?;
        let live = |record: &Record| record.is_live(self.now) && !record.tombstone;
        Ok(all.into_iter().filter(|(_, record)| live(record)).collect())
    }
}
