use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use crate::Fault;

/// The faults of the next operations, one for each, and then none. Clones share the list.
///
/// ```
/// use session_testkit::{Fault, Schedule};
///
/// let schedule = Schedule::new([Fault::FailAfter]);
/// schedule.push(Fault::FailBefore);
/// assert_eq!(schedule.left(), 2);
/// ```
#[derive(Debug, Clone, Default)]
pub struct Schedule(Arc<Mutex<VecDeque<Fault>>>);

impl Schedule {
    /// A schedule of these faults.
    #[must_use]
    pub fn new(faults: impl IntoIterator<Item = Fault>) -> Self {
        Self(Arc::new(Mutex::new(faults.into_iter().collect())))
    }

    /// Adds a fault after all others.
    pub fn push(&self, fault: Fault) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push_back(fault);
    }

    /// The number of faults that have not been used yet.
    #[must_use]
    pub fn left(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    pub(crate) fn next(&self) -> Fault {
        let next = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        next.unwrap_or(Fault::Pass)
    }
}
