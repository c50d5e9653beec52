use std::time::Duration;

use bytes::Bytes;
use session_core::store::{Revision, Stored};

/// A record of a shard.
pub(crate) struct Record {
    pub(crate) revision: Revision,
    pub(crate) data: Bytes,
    pub(crate) role: Role,
    /// The place among the sessions of the family. A newer session has a greater one.
    pub(crate) order: u64,
    /// When the record becomes absent. Only [`Deadlines`](crate::deadlines::Deadlines) sets it.
    pub(crate) deadline: Duration,
    /// The time of the record's entry in the deadline heap, never later than the deadline.
    pub(crate) alarm: Option<Duration>,
}

/// The role of a record in its family.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// A session, which is listed and counted.
    OpenSession,
    /// Left under the key of a session that was rotated or deleted. It can be loaded, but is neither listed nor counted.
    Tombstone,
}

impl Record {
    pub(crate) fn is_live(&self, now: Duration) -> bool {
        now < self.deadline
    }

    pub(crate) fn is_live_session(&self, now: Duration) -> bool {
        self.role == Role::OpenSession && self.is_live(now)
    }

    pub(crate) fn stored(&self, now: Duration) -> Stored {
        Stored {
            revision: self.revision,
            remaining: self.deadline.saturating_sub(now),
            data: self.data.clone(),
        }
    }
}
