use crate::store::{Revision, ShortRevision};

/// The last eight revisions before the current one, shortened, newest first.
///
/// After a write of unknown outcome, the lineage of the stored record tells whether other requests have built on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Lineage {
    revisions: [ShortRevision; Self::LENGTH],
    count: u8,
}

impl Lineage {
    const LENGTH: usize = 8;
    const WIDTH: usize = size_of::<ShortRevision>();

    /// This lineage with one more revision in front.
    pub(crate) fn extended(&self, revision: Revision) -> Self {
        let [a, b, c, d, e, f, g, _] = self.revisions;
        Self {
            revisions: [revision.short(), a, b, c, d, e, f, g],
            count: (self.count + 1).min(Self::LENGTH as u8),
        }
    }

    pub(crate) fn contains(&self, revision: Revision) -> bool {
        self.revisions.iter().take(self.count.into()).any(|short| *short == revision.short())
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.revisions.as_flattened().get(..usize::from(self.count) * Self::WIDTH).unwrap_or_default()
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (chunks, rest) = bytes.as_chunks();
        let mut lineage = Self { count: chunks.len().try_into().ok()?, ..Self::default() };
        if !rest.is_empty() {
            return None;
        }
        lineage.revisions.get_mut(..chunks.len())?.copy_from_slice(chunks);
        Some(lineage)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_remembers_the_last_eight() {
        let revision = |n: u8| Revision::from_bytes([n; 16]);
        let lineage = (0..10).fold(Lineage::default(), |lineage, n| lineage.extended(revision(n)));
        assert!((2..10).all(|n| lineage.contains(revision(n))));
        assert!(!lineage.contains(revision(0)) && !lineage.contains(revision(1)));
        assert_eq!(Lineage::from_bytes(lineage.as_bytes()), Some(lineage));
        assert!(!Lineage::default().contains(revision(0)), "an empty slot is not a revision");
    }

    #[test]
    fn other_lengths_are_no_lineage() {
        assert_eq!(Lineage::from_bytes(&[0; 7]), None);
        assert_eq!(Lineage::from_bytes(&[0; 72]), None);
    }
}
