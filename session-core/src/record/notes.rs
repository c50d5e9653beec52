use super::{Lineage, Live};
use crate::Timestamp;

/// What a save notes in a record beside what its request changed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Notes {
    pub(crate) seen: Timestamp,
    pub(crate) renewed: Timestamp,
    pub(crate) lineage: Lineage,
}

impl Notes {
    /// Those that change nothing.
    pub(crate) const fn of(live: &Live) -> Self {
        Self { seen: live.seen, renewed: live.renewed, lineage: live.lineage }
    }

    /// Notes them in the record.
    pub(crate) const fn note_in(self, live: &mut Live) {
        (live.seen, live.renewed, live.lineage) = (self.seen, self.renewed, self.lineage);
    }
}
