use super::{Lineage, Live, Piece};
use crate::{Timestamp, config::SessionConfig};

/// What a save changes in a record beside what its request changed.
#[derive(Debug)]
pub(crate) struct Notes {
    pub(crate) seen: Timestamp,
    pub(crate) renewed: Timestamp,
    pub(crate) lineage: Lineage,
    /// The fingerprint, if it is not the one that the record has.
    pub(crate) fingerprint: Option<Piece>,
}

impl Notes {
    /// Those that change nothing.
    pub(crate) const fn of(live: &Live) -> Self {
        Self { seen: live.seen, renewed: live.renewed, lineage: live.lineage, fingerprint: None }
    }
}

impl Live {
    /// Takes the notes over.
    pub(crate) fn note(&mut self, notes: Notes, config: &SessionConfig) {
        (self.seen, self.renewed, self.lineage) = (notes.seen, notes.renewed, notes.lineage);
        if let Some(fingerprint) = notes.fingerprint {
            self.entries.insert(config.fingerprint_key.as_str().into(), fingerprint);
        }
    }
}
