use std::time::Duration;

use bytes::Bytes;
use session_core::store::{Applied, Revision, StoreError, StoreErrorKind, Stored, Write};

/// One record of the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) revision: Revision,
    pub(crate) data: Bytes,
    pub(crate) deadline: Duration,
    /// When the session was created. A rotated session is as old as it was.
    pub(crate) born: Duration,
    /// The order among sessions that were created at the same moment.
    pub(crate) sequence: u64,
    pub(crate) tombstone: bool,
    pub(crate) readable: bool,
}

impl Entry {
    const RESOLUTION: Duration = Duration::from_millis(1);

    pub(crate) fn new(now: Duration, write: &Write<'_>, sequence: u64) -> Self {
        Self {
            revision: write.next,
            data: Bytes::copy_from_slice(write.data),
            deadline: Self::deadline(now, write.ttl),
            born: now,
            sequence,
            tombstone: false,
            readable: true,
        }
    }

    /// The record left under a key whose session moved or ended.
    pub(crate) fn tombstone(now: Duration, write: &Write<'_>, sequence: u64) -> Self {
        Self { tombstone: true, ..Self::new(now, write, sequence) }
    }

    /// The moment `ttl` from now, rounded up to the resolution and always later than now.
    pub(crate) fn deadline(now: Duration, ttl: Duration) -> Duration {
        let part = ttl.as_nanos() % Self::RESOLUTION.as_nanos();
        let up = match u64::try_from(Self::RESOLUTION.as_nanos() - part) {
            Ok(rest) if part > 0 => ttl.saturating_add(Duration::from_nanos(rest)),
            _ => ttl.max(Self::RESOLUTION),
        };
        now.saturating_add(up)
    }

    pub(crate) fn is_live(&self, now: Duration) -> bool {
        self.deadline > now
    }

    pub(crate) fn stored(&self, now: Duration) -> Stored {
        Stored {
            revision: self.revision,
            remaining: self.deadline.saturating_sub(now),
            data: self.data.clone(),
        }
    }

    pub(crate) fn readable(&self) -> Result<&Self, StoreError> {
        if self.readable {
            return Ok(self);
        }
        Err(StoreError::new(StoreErrorKind::Undecodable, Applied::No))
    }
}
