use bytes::Bytes;
use session_core::store::{Revision, Stored};

use super::{key::Key, moment::Moment};

/// A record of a shard.
pub(crate) struct Record {
    pub(crate) key: Key,
    pub(crate) revision: Revision,
    pub(crate) data: Bytes,
    /// The place among the sessions of the family. A newer session has a greater one.
    pub(crate) order: u64,
    /// When the record becomes absent. Only [`Deadlines`](crate::deadlines::Deadlines) sets it.
    pub(crate) deadline: Moment,
    /// The time of the record's entry in the deadline heap, never later than the deadline.
    pub(crate) alarm: Moment,
    pub(crate) role: Role,
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
    pub(crate) fn is_live(&self, now: Moment) -> bool {
        now < self.deadline
    }

    pub(crate) fn is_live_session(&self, now: Moment) -> bool {
        self.role == Role::OpenSession && self.is_live(now)
    }

    pub(crate) fn stored(&self, now: Moment) -> Stored {
        Stored { revision: self.revision, remaining: now.until(self.deadline), data: self.data.clone() }
    }
}
