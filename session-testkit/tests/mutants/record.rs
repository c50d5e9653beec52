use std::time::Duration;

use session_core::store::{Revision, Stored, Write};

use crate::defect::Defect;

/// What a mutant keeps under a key.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) revision: Revision,
    pub(crate) data: Vec<u8>,
    pub(crate) deadline: Duration,
    pub(crate) sequence: u64,
    /// When the session was created, by the clock.
    pub(crate) born: Duration,
    /// When the record was written last, by the clock.
    pub(crate) written: Duration,
    /// The age by which a mark ends sessions, for the defect about such stamps.
    pub(crate) stamp: u128,
    pub(crate) tombstone: bool,
    pub(crate) broken: bool,
    pub(crate) deleted: bool,
    pub(crate) indexed: bool,
}

const NEVER: Duration = Duration::MAX;
const DAY: Duration = Duration::from_hours(24);

impl Record {
    pub(crate) fn new(defect: Defect, now: Duration, write: &Write<'_>, sequence: u64) -> Self {
        Self {
            revision: write.next,
            data: data(defect, write.data),
            deadline: deadline(defect, now, write.ttl),
            sequence,
            born: now,
            written: now,
            stamp: 0,
            tombstone: false,
            broken: false,
            deleted: false,
            indexed: defect != Defect::IndexAfterTheFact,
        }
    }

    pub(crate) fn is_live(&self, now: Duration) -> bool {
        !self.deleted && self.deadline > now
    }

    pub(crate) fn stored(&self, now: Duration) -> Stored {
        let remaining = self.deadline.saturating_sub(now).max(Duration::from_millis(1));
        Stored { revision: self.revision, remaining, data: self.data.clone().into() }
    }
}

fn data(defect: Defect, data: &[u8]) -> Vec<u8> {
    match defect {
        Defect::DataIsCutAt64K => data.iter().take(65_535).copied().collect(),
        Defect::DataEndsAtNul => data.iter().take_while(|byte| **byte != 0).copied().collect(),
        _ => data.to_vec(),
    }
}

fn deadline(defect: Defect, now: Duration, ttl: Duration) -> Duration {
    match defect {
        Defect::NoTimeIsForEver if ttl.is_zero() => NEVER,
        #[allow(clippy::cast_possible_truncation, reason = "this is the defect")]
        Defect::DistantDeadlinesOverflow => now + Duration::from_millis(u64::from(ttl.as_millis() as u32)),
        Defect::DistantDeadlinesAreCut => now + ttl.clamp(Duration::from_millis(1), DAY * 30),
        Defect::DistantDeadlinesAreForEver if ttl > DAY * 400 => NEVER,
        _ => now.saturating_add(ttl.max(Duration::from_millis(1))),
    }
}

/// The deadline that a touch sets.
pub(crate) fn touched(defect: Defect, now: Duration, ttl: Duration, before: Duration) -> Duration {
    match defect {
        Defect::TouchIsForgotten => before,
        Defect::TouchRoundsToZero if ttl < Duration::from_millis(1) => now,
        Defect::TouchOfNoTimeIsForEver if ttl.is_zero() => NEVER,
        Defect::TouchOnlyExtends => deadline(defect, now, ttl).max(before),
        _ => deadline(defect, now, ttl),
    }
}
