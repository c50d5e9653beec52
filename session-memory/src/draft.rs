use std::time::Duration;

use bytes::Bytes;
use session_core::store::{Revision, Write};

use super::moment::Moment;

/// A [`Write`] with its own copy of the data, which is made before the lock is taken.
pub(crate) struct Draft {
    pub(crate) next: Revision,
    pub(crate) data: Bytes,
    ttl: Duration,
}

/// The shortest life of a record: the resolution of the other stores.
const RESOLUTION: Duration = Duration::from_millis(1);

impl Draft {
    /// Returns when the record expires if it is written now.
    pub(crate) fn deadline(&self, now: Moment) -> Moment {
        deadline(now, self.ttl)
    }
}

impl From<Write<'_>> for Draft {
    fn from(write: Write<'_>) -> Self {
        Self { next: write.next, data: Bytes::copy_from_slice(write.data), ttl: write.ttl }
    }
}

/// Returns when a record expires that lives for `ttl` from now.
pub(crate) fn deadline(now: Moment, ttl: Duration) -> Moment {
    now.after(ttl.max(RESOLUTION))
}
