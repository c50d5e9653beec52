use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use session_core::store::{Answer, Applied, Call, OwnedCall, StoreError, StoreErrorKind};

/// What is known of the operation at the end.
pub(crate) type Outcome = Result<Answer, StoreError>;

/// An operation that waits for its turn.
pub(super) struct Job {
    pub(super) ticket: Arc<Ticket>,
    is_begun: bool,
    reply: Box<dyn FnOnce(Outcome) + Send>,
}

/// What a job and its caller share.
pub(crate) struct Ticket {
    call: OwnedCall,
    pub(crate) deadline: Instant,
    budget: Duration,
    /// By the thread that carries the job out, or by its caller who gives up: the first has it.
    is_taken: AtomicBool,
}

impl Job {
    pub(super) fn new(
        call: Call<'_>,
        budget: Duration,
        reply: impl FnOnce(Outcome) + Send + 'static,
    ) -> Self {
        let now = Instant::now();
        // A budget beyond the end of time is none.
        let deadline = now.checked_add(budget).unwrap_or_else(|| now + Duration::from_secs(1 << 30));
        let ticket = Ticket { call: call.into(), deadline, budget, is_taken: AtomicBool::new(false) };
        Self { ticket: Arc::new(ticket), is_begun: false, reply: Box::new(reply) }
    }

    pub(super) fn call(&self) -> Call<'_> {
        self.ticket.call.call()
    }

    pub(super) fn is_overdue(&self) -> bool {
        Instant::now() >= self.ticket.deadline
    }

    /// Returns whether the caller still waits. It then no longer knows whether the operation was applied.
    pub(super) fn begin(&mut self) -> bool {
        self.is_begun = self.is_begun || !self.ticket.take();
        self.is_begun
    }

    /// The caller may have gone.
    pub(super) fn answer(self, outcome: Outcome) {
        (self.reply)(outcome);
    }
}

impl Ticket {
    /// Gives up, and says what is known then.
    pub(crate) fn give_up(&self) -> StoreError {
        let (applied, state) = match self.take() {
            true => (self.unknown(), "the disk has not answered"),
            false => (Applied::No, "others were before it, or another program holds the file"),
        };
        StoreError::new(StoreErrorKind::Timeout, applied)
            .with_source(format!("no answer within `budget`, {:?}: {state}", self.budget))
    }

    /// The error of a job whose thread panicked. The message of the panic is left out, because it may quote what is stored.
    pub(crate) fn panicked(&self) -> StoreError {
        StoreError::new(StoreErrorKind::Other, self.unknown()).with_source("the thread of the store panicked")
    }

    fn unknown(&self) -> Applied {
        if self.call.call().operation().is_read() { Applied::No } else { Applied::Unknown }
    }

    /// Returns whether the job was taken before.
    fn take(&self) -> bool {
        self.is_taken.swap(true, Ordering::AcqRel)
    }
}
