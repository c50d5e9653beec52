use super::{Lineage, Live};
use crate::{Timestamp, store::Revision};

/// What a save notes in a record beside what its request changed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Notes {
    pub(crate) seen: Timestamp,
    pub(crate) renewed: Timestamp,
    /// The revision before, if it is not in the lineage yet.
    pub(crate) before: Option<Revision>,
}

impl Notes {
    /// Those that change nothing.
    pub(crate) const fn of(live: &Live) -> Self {
        Self { seen: live.seen, renewed: live.renewed, before: None }
    }

    /// The lineage of the record with the notes.
    pub(super) fn lineage(self, live: &Live) -> Lineage {
        self.before.map_or(live.lineage, |before| live.lineage.extended(before))
    }

    /// Notes them in the record.
    pub(crate) fn note_in(self, live: &mut Live) {
        (live.seen, live.renewed, live.lineage) = (self.seen, self.renewed, self.lineage(live));
    }
}
