use std::time::Duration;

use session_core::store::{Revision, StoreError, Stored, Write};

use crate::failure::undecodable;

/// What the store keeps under a key: format, tombstone or not, revision, deadline, data.
pub(crate) struct Record {
    pub(crate) tombstone: bool,
    pub(crate) revision: Revision,
    /// Milliseconds since 1970.
    pub(crate) deadline: u64,
    pub(crate) data: Vec<u8>,
}

const FORMAT: u8 = 1;

impl Record {
    pub(crate) fn new(write: &Write<'_>, now: u64) -> Self {
        Self {
            tombstone: false,
            revision: write.next,
            deadline: deadline(write.ttl, now),
            data: write.data.to_vec(),
        }
    }

    pub(crate) const fn is_live(&self, now: u64) -> bool {
        self.deadline > now
    }

    pub(crate) fn stored(&self, now: u64) -> Stored {
        Stored {
            revision: self.revision,
            remaining: Duration::from_millis(self.deadline.saturating_sub(now)),
            data: self.data.clone().into(),
        }
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = vec![FORMAT, u8::from(self.tombstone)];
        bytes.extend(self.revision.as_bytes());
        bytes.extend(self.deadline.to_be_bytes());
        bytes.extend(&self.data);
        bytes
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, StoreError> {
        let fields = || {
            let (head, rest) = bytes.split_first_chunk::<2>()?;
            let (revision, rest) = rest.split_first_chunk::<16>()?;
            let (deadline, data) = rest.split_first_chunk::<8>()?;
            let tombstone = match head {
                [FORMAT, 0] => false,
                [FORMAT, 1] => true,
                _ => return None,
            };
            Some(Self {
                tombstone,
                revision: Revision::from_bytes(*revision),
                deadline: u64::from_be_bytes(*deadline),
                data: data.to_vec(),
            })
        };
        fields().ok_or_else(|| undecodable("a record of an unknown format"))
    }
}

/// Rounded up to a millisecond, and never now: a session of no time at all still has a deadline (TTL-1).
pub(crate) fn deadline(ttl: Duration, now: u64) -> u64 {
    let millis = ttl.as_nanos().div_ceil(1_000_000).max(1);
    now.saturating_add(u64::try_from(millis).unwrap_or(u64::MAX))
}
