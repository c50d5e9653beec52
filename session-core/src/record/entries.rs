use std::ops::Range;

use bytes::Bytes;

/// The keys of a session and their encoded values, sorted by key.
///
/// What was read stays where it was read: an entry is a pair of ranges of the stored bytes until it is replaced.
#[derive(Debug, Clone, Default)]
pub(crate) struct Entries {
    stored: Bytes,
    entries: Vec<Entry>,
}

/// One key and its value.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    key: Piece,
    value: Piece,
}

#[derive(Debug, Clone)]
enum Piece {
    Stored(Range<usize>),
    Own(Bytes),
}

impl Piece {
    fn bytes<'a>(&'a self, stored: &'a Bytes) -> &'a [u8] {
        match self {
            Self::Stored(range) => stored.get(range.clone()).unwrap_or_default(),
            Self::Own(bytes) => bytes,
        }
    }
}

impl Entry {
    /// Of a key and a value that are parts of the stored bytes.
    pub(super) const fn stored(key: Range<usize>, value: Range<usize>) -> Self {
        Self { key: Piece::Stored(key), value: Piece::Stored(value) }
    }
}

impl Entries {
    /// These entries of these bytes, which must come sorted and each once.
    pub(super) const fn stored(stored: Bytes, entries: Vec<Entry>) -> Self {
        Self { stored, entries }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&[u8]> {
        let at = self.find(key).ok()?;
        Some(self.entries.get(at)?.value.bytes(&self.stored))
    }

    pub(crate) fn insert(&mut self, key: &str, value: Bytes) {
        match self.find(key) {
            Ok(at) => {
                if let Some(entry) = self.entries.get_mut(at) {
                    entry.value = Piece::Own(value);
                }
            }
            Err(at) => {
                let key = Piece::Own(Bytes::copy_from_slice(key.as_bytes()));
                self.entries.insert(at, Entry { key, value: Piece::Own(value) });
            }
        }
    }

    pub(crate) fn remove(&mut self, key: &str) -> bool {
        self.find(key).map(|at| self.entries.remove(at)).is_ok()
    }

    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&[u8]) -> bool) {
        let Self { stored, entries } = self;
        entries.retain(|entry| keep(entry.key.bytes(stored)));
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Keys and values in the order of the keys.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = (&[u8], &[u8])> {
        self.entries.iter().map(|entry| (entry.key.bytes(&self.stored), entry.value.bytes(&self.stored)))
    }

    fn find(&self, key: &str) -> Result<usize, usize> {
        self.entries.binary_search_by(|entry| entry.key.bytes(&self.stored).cmp(key.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_a_sorted_map(operations in prop::collection::vec(("[a-c]{1,2}", prop::option::of(any::<u8>())), 0..40)) {
            let mut entries = Entries::default();
            let mut model = BTreeMap::new();
            for (key, value) in operations {
                match value {
                    Some(byte) => {
                        entries.insert(&key, Bytes::from(vec![byte]));
                        model.insert(key, vec![byte]);
                    }
                    None => prop_assert_eq!(entries.remove(&key), model.remove(&key).is_some()),
                }
                let all: Vec<_> = entries.iter().map(|(k, v)| (k.to_vec(), v.to_vec())).collect();
                let expected: Vec<_> = model.iter().map(|(k, v)| (k.clone().into_bytes(), v.clone())).collect();
                prop_assert_eq!(all, expected);
            }
        }
    }
}
