use session_core::{
    id::StoreKey,
    store::{CommitOutcome, CreateOutcome, Stored},
};

use crate::{
    operations::{ChangedRecord, NewRecord},
    queue::Queue,
};

/// What waits for a connection and may travel together, by kind.
#[derive(Default)]
pub(crate) struct Queues {
    pub(crate) loads: Queue<StoreKey, Option<Stored>>,
    pub(crate) inserts: Queue<NewRecord, CreateOutcome>,
    pub(crate) commits: Queue<ChangedRecord, CommitOutcome>,
}

impl Queues {
    /// Forgets all: in a fork, nobody of the parent waits here.
    pub(super) fn clear(&self) {
        self.loads.clear();
        self.inserts.clear();
        self.commits.clear();
    }
}
