use std::time::Duration;

use bytes::Bytes;
use session_core::store::{Revision, Stored};

/// What a shard keeps under a key.
pub(crate) struct Record {
    pub(crate) revision: Revision,
    pub(crate) data: Bytes,
    pub(crate) role: Role,
    /// The place among the sessions of the family; later ones are greater.
    pub(crate) order: u64,
    /// When the record becomes absent. Set by [`Deadlines`](crate::deadlines::Deadlines) only.
    pub(crate) deadline: Duration,
    /// The entry of the deadline heap that will look at the record; never later than the deadline.
    pub(crate) alarm: Option<Duration>,
}

/// What a record is to its family.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// A session: listed and counted.
    Session,
    /// What a rotation left under the old key: loadable, neither listed nor counted.
    Tombstone,
}

impl Record {
    pub(crate) fn is_live(&self, now: Duration) -> bool {
        now < self.deadline
    }

    pub(crate) fn is_live_session(&self, now: Duration) -> bool {
        self.role == Role::Session && self.is_live(now)
    }

    pub(crate) fn stored(&self, now: Duration) -> Stored {
        Stored {
            revision: self.revision,
            remaining: self.deadline.saturating_sub(now),
            data: self.data.clone(),
        }
    }
}
