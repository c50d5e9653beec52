use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use session_core::store::Operation;

use crate::Fault;

/// What the next operations of a [`Faulty`](crate::Faulty) store meet. Clones share it.
///
/// Faults in the queue hit one operation each, in their order. Behind the queue a lasting fault, if one is set, hits all.
///
/// ```
/// use alo_session::store::Operation;
/// use session_testing::{Fault, Schedule};
///
/// let schedule = Schedule::new([Fault::FailAfter]); // of any operation
/// schedule.fail_next(Operation::Commit); // the first commit behind it
/// assert_eq!(schedule.left(), 2);
/// schedule.down(); // and then everything, until `up`
/// ```
#[derive(Debug, Clone, Default)]
pub struct Schedule(Arc<Mutex<Plan>>);

#[derive(Debug, Default)]
struct Plan {
    /// Each fault is for the next operation of its sort, or of any.
    queue: VecDeque<(Option<Operation>, Fault)>,
    lasting: Option<Fault>,
}

impl Schedule {
    /// A schedule of these faults, one for each of the next operations.
    #[must_use]
    pub fn new(faults: impl IntoIterator<Item = Fault>) -> Self {
        let queue = faults.into_iter().map(|fault| (None, fault)).collect();
        Self(Arc::new(Mutex::new(Plan { queue, lasting: None })))
    }

    /// Adds a fault after all others, for one operation of any sort.
    pub fn push(&self, fault: Fault) {
        self.plan().queue.push_back((None, fault));
    }

    /// Adds a fault for the next operation of this sort.
    pub fn push_for(&self, operation: Operation, fault: Fault) {
        self.plan().queue.push_back((Some(operation), fault));
    }

    /// The next operation of this sort fails, and has no effect.
    pub fn fail_next(&self, operation: Operation) {
        self.push_for(operation, Fault::FailBefore);
    }

    /// The next operation of this sort takes effect, and its answer is lost.
    pub fn lose_next_answer(&self, operation: Operation) {
        self.push_for(operation, Fault::FailAfter);
    }

    /// From now on every operation fails and has no effect, until [`up`](Self::up).
    pub fn down(&self) {
        self.plan().lasting = Some(Fault::FailBefore);
    }

    /// From now on every operation takes this much longer, until [`up`](Self::up).
    pub fn slow(&self, by: Duration) {
        self.plan().lasting = Some(Fault::Delay(by));
    }

    /// Drops all faults: the store works.
    pub fn up(&self) {
        *self.plan() = Plan::default();
    }

    /// The number of faults in the queue that have not been used yet.
    #[must_use]
    pub fn left(&self) -> usize {
        self.plan().queue.len()
    }

    pub(crate) fn next(&self, operation: Operation) -> Fault {
        let mut plan = self.plan();
        let at = plan.queue.iter().position(|(of, _)| of.is_none_or(|of| of == operation));
        let queued = at.and_then(|at| plan.queue.remove(at)).map(|(_, fault)| fault);
        queued.or(plan.lasting).unwrap_or(Fault::Pass)
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_waits_for_its_operation_and_then_the_lasting_one_comes() {
        let schedule = Schedule::default();
        schedule.fail_next(Operation::Commit);
        schedule.push(Fault::DropMidway);
        schedule.lose_next_answer(Operation::Commit);
        assert_eq!(schedule.next(Operation::Load), Fault::DropMidway, "the first one that fits");
        assert_eq!(schedule.next(Operation::Load), Fault::Pass);
        assert_eq!(schedule.next(Operation::Commit), Fault::FailBefore);
        schedule.clone().down();
        assert_eq!(schedule.next(Operation::Commit), Fault::FailAfter);
        assert_eq!((schedule.next(Operation::Commit), schedule.left()), (Fault::FailBefore, 0));
        schedule.slow(Duration::from_secs(1));
        assert_eq!(schedule.next(Operation::Sweep), Fault::Delay(Duration::from_secs(1)));
        schedule.fail_next(Operation::Touch);
        schedule.up();
        assert_eq!(schedule.next(Operation::Touch), Fault::Pass);
    }
}
