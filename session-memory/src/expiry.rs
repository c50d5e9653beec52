//! Expiry: a record is absent once its deadline has passed, and its memory is reclaimed a few deadlines at a time.

use super::{deadlines::Due, moment::Moment, shard::Shard};

/// The result of [`Shard::reclaim`].
pub(crate) struct Reclaimed {
    pub(crate) removed: usize,
    /// Whether no expired record is left.
    pub(crate) all: bool,
}

impl Shard {
    /// Removes expired records. It looks at no more than `steps` deadlines.
    pub(crate) fn reclaim(&mut self, now: Moment, steps: usize) -> Reclaimed {
        let mut removed = 0;
        for _ in 0..steps {
            match self.deadlines.next(now, &mut self.records) {
                Due::Nothing => return Reclaimed { removed, all: true },
                Due::NotYet => {}
                Due::Expired(key) => {
                    self.remove(&key);
                    removed += 1;
                }
            }
        }
        Reclaimed { removed, all: false }
    }
}
