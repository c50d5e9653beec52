use std::{fmt, ops::Range};

use bytes::Bytes;

use super::{Front, Piece};
use crate::length::Length;

/// The keys of a session and their encoded values, sorted by key.
///
/// Reading copies nothing: an entry is a pair of ranges of the stored bytes until it is replaced.
#[derive(Clone, Default)]
pub(crate) struct Entries {
    stored: Bytes,
    entries: Vec<Entry>,
    /// The total size of all keys and values in bytes. It is cached, because every `set` checks it.
    size: usize,
}

/// One key and its value.
#[derive(Clone)]
pub(super) struct Entry {
    /// The front of the key: two keys with different fronts are compared without looking at them.
    front: Front,
    key: Part,
    value: Part,
}

#[derive(Clone)]
enum Part {
    Stored(Range<usize>),
    Own(Piece),
}

impl Part {
    fn bytes<'a>(&'a self, stored: &'a Bytes) -> &'a [u8] {
        match self {
            Self::Stored(range) => stored.get(range.clone()).unwrap_or_default(),
            Self::Own(piece) => piece,
        }
    }
}

impl Entry {
    /// An entry whose key and value are ranges of the stored bytes.
    pub(super) const fn stored(front: Front, key: Range<usize>, value: Range<usize>) -> Self {
        Self { front, key: Part::Stored(key), value: Part::Stored(value) }
    }

    fn size(&self, stored: &Bytes) -> usize {
        self.key.bytes(stored).len() + self.value.bytes(stored).len()
    }
}

impl Entries {
    /// Entries that are ranges of the stored bytes, and the total size of those. They must be sorted by key, and each key must
    /// be unique.
    pub(super) const fn stored(stored: Bytes, entries: Vec<Entry>, size: usize) -> Self {
        Self { stored, entries, size }
    }

    pub(crate) fn get(&self, key: &[u8]) -> Option<&[u8]> {
        let at = self.find(key).ok()?;
        Some(self.entries.get(at)?.value.bytes(&self.stored))
    }

    pub(crate) fn insert(&mut self, key: Piece, value: Piece) {
        match self.find(&key) {
            Ok(at) => {
                if let Some(entry) = self.entries.get_mut(at) {
                    self.size = self.size + value.len() - entry.value.bytes(&self.stored).len();
                    entry.value = Part::Own(value);
                }
            }
            Err(at) => {
                self.size += key.len() + value.len();
                let front = Front::of(&key);
                self.entries.insert(at, Entry { front, key: Part::Own(key), value: Part::Own(value) });
            }
        }
    }

    pub(crate) fn remove(&mut self, key: &[u8]) -> bool {
        let Ok(at) = self.find(key) else { return false };
        self.size -= self.entries.remove(at).size(&self.stored);
        true
    }

    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&[u8]) -> bool) {
        let Self { stored, entries, size } = self;
        entries.retain(|entry| {
            let keeps = keep(entry.key.bytes(stored));
            *size -= if keeps { 0 } else { entry.size(stored) };
            keeps
        });
    }

    /// The record that the entries were read from; empty if there is none.
    pub(crate) fn stored_bytes(&self) -> Bytes {
        self.stored.clone()
    }

    /// The total size of all keys and values in bytes.
    pub(crate) const fn size(&self) -> usize {
        self.size
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The entry with the largest value.
    pub(crate) fn largest(&self) -> Option<(&[u8], &[u8])> {
        self.iter().max_by_key(|(_, value)| value.len())
    }

    /// The keys and values, sorted by key.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = (&[u8], &[u8])> {
        self.entries.iter().map(|entry| (entry.key.bytes(&self.stored), entry.value.bytes(&self.stored)))
    }

    fn find(&self, key: &[u8]) -> Result<usize, usize> {
        let front = Front::of(key);
        self.entries.binary_search_by(|entry| {
            entry.front.cmp(&front).then_with(|| entry.key.bytes(&self.stored).cmp(key))
        })
    }
}

impl fmt::Debug for Entries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entries").field("keys", &self.len()).field("size", &Length(self.size)).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_entry_takes_56_bytes() {
        assert!(size_of::<Entry>() <= 56);
    }

    proptest! {
        #[test]
        fn it_is_a_sorted_map(
            operations in prop::collection::vec(("[a-c]{0,2}", prop::option::of(prop::collection::vec(any::<u8>(), 0..3))), 0..40),
        ) {
            let stored = Bytes::from_static(b"aone");
            let mut entries = Entries::stored(stored, vec![Entry::stored(Front::of(b"a"), 0..1, 1..4)], 4);
            let mut model = BTreeMap::from([("a".to_owned(), b"one".to_vec())]);
            for (key, value) in operations {
                match value {
                    _ if key.is_empty() => {
                        entries.retain(|key| key != b"a");
                        model.remove("a");
                    }
                    Some(bytes) => {
                        entries.insert(key.as_str().into(), bytes.as_slice().into());
                        model.insert(key, bytes);
                    }
                    None => prop_assert_eq!(entries.remove(key.as_bytes()), model.remove(&key).is_some()),
                }
                let all: Vec<_> = entries.iter().map(|(k, v)| (k.to_vec(), v.to_vec())).collect();
                let expected: Vec<_> = model.iter().map(|(k, v)| (k.clone().into_bytes(), v.clone())).collect();
                prop_assert_eq!(entries.size(), expected.iter().map(|(key, value)| key.len() + value.len()).sum::<usize>());
                prop_assert_eq!(all, expected);
            }
        }
    }
}
