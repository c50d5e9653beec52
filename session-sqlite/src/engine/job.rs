use std::{
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    time::{Duration, Instant},
};

use session_core::store::{Answer, Applied, Call, OwnedCall, StoreError, StoreErrorKind};

/// What is known of the operation at the end.
pub(crate) type Outcome = Result<Answer, StoreError>;

/// An operation that waits for its turn.
pub(crate) struct Job {
    call: OwnedCall,
    ticket: Ticket,
    reply: Box<dyn FnOnce(Outcome) + Send>,
}

/// What the caller keeps of its job.
#[derive(Clone)]
pub(crate) struct Ticket {
    pub(crate) deadline: Instant,
    budget: Duration,
    is_read: bool,
    state: Arc<AtomicU8>,
}

/// The job waits; it has been begun; its caller has given up before that.
const WAITS: u8 = 0;
const BEGUN: u8 = 1;
const WITHDRAWN: u8 = 2;

impl Job {
    pub(super) fn new(
        call: Call<'_>,
        budget: Duration,
        reply: impl FnOnce(Outcome) + Send + 'static,
    ) -> Self {
        let now = Instant::now();
        // A budget beyond the end of time is none.
        let deadline = now.checked_add(budget).unwrap_or_else(|| now + Duration::from_secs(1 << 30));
        let state = Arc::new(AtomicU8::new(WAITS));
        let ticket = Ticket { deadline, budget, is_read: call.operation().is_read(), state };
        Self { call: OwnedCall::from(call), ticket, reply: Box::new(reply) }
    }

    pub(super) fn call(&self) -> Call<'_> {
        self.call.call()
    }

    pub(super) fn ticket(&self) -> Ticket {
        self.ticket.clone()
    }

    pub(super) fn is_overdue(&self) -> bool {
        Instant::now() >= self.ticket.deadline
    }

    /// Returns whether the caller still waits. It then no longer knows whether the operation was applied.
    pub(super) fn begin(&self) -> bool {
        self.ticket.change(BEGUN) != WITHDRAWN
    }

    /// The caller may have gone.
    pub(super) fn answer(self, outcome: Outcome) {
        (self.reply)(outcome);
    }
}

impl Ticket {
    /// Gives up, and says what is known then.
    pub(crate) fn give_up(&self) -> StoreError {
        let (applied, state) = match self.change(WITHDRAWN) {
            BEGUN => (self.unknown(), "the disk has not answered"),
            _ => (Applied::No, "others were before it"),
        };
        StoreError::new(StoreErrorKind::Timeout, applied)
            .with_source(format!("no answer within `budget`, {:?}: {state}", self.budget))
    }

    /// The error of a job whose thread panicked. The message of the panic is left out, because it may quote what is stored.
    pub(crate) fn panicked(&self) -> StoreError {
        StoreError::new(StoreErrorKind::Other, self.unknown()).with_source("the thread of the store panicked")
    }

    fn unknown(&self) -> Applied {
        if self.is_read { Applied::No } else { Applied::Unknown }
    }

    /// Changes the state of a job that waits, and returns the one before.
    fn change(&self, to: u8) -> u8 {
        let changed = self.state.compare_exchange(WAITS, to, Ordering::AcqRel, Ordering::Acquire);
        changed.unwrap_or_else(|before| before)
    }
}
