use std::{
    fmt, io,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    task::{Context, Waker},
};

use redis::Pipeline;
use tokio::sync::oneshot;

use crate::protocol::Reply;

/// The requests that are to be sent over a connection.
pub(super) struct RequestQueue {
    state: Mutex<State>,
    max_in_flight: u32,
    /// Requests without all their replies.
    in_flight: AtomicU32,
    /// How often something was received.
    heard: AtomicU64,
}

/// Why a request was not taken.
pub(super) enum Refusal {
    Closed(Arc<io::Error>),
    Full,
}

#[derive(Default)]
struct State {
    batch: Batch,
    /// The task that takes the batch.
    taker: Option<Waker>,
    /// Why the connection is closed.
    close_reason: Option<Arc<io::Error>>,
}

/// Requests, packed one behind the other, and their replies to come, in the same order.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) bytes: Vec<u8>,
    pub(super) pending: Vec<PendingReplies>,
}

/// The replies to one request, until all have come.
pub(super) struct PendingReplies {
    expected: usize,
    replies: Vec<Reply>,
    receiver: oneshot::Sender<Vec<Reply>>,
}

impl RequestQueue {
    pub(super) fn new(max_in_flight: u32) -> Self {
        let (state, in_flight, heard) = (Mutex::default(), AtomicU32::new(0), AtomicU64::new(0));
        Self { state, max_in_flight, in_flight, heard }
    }

    /// Adds a request of at least one command.
    pub(super) fn push(&self, commands: &Pipeline) -> Result<oneshot::Receiver<Vec<Reply>>, Refusal> {
        let (receiver, replies) = oneshot::channel();
        let expected = commands.len();
        let pending = PendingReplies { expected, replies: Vec::with_capacity(expected), receiver };
        let mut state = self.lock();
        if let Some(reason) = &state.close_reason {
            return Err(Refusal::Closed(Arc::clone(reason)));
        }
        if self.in_flight.load(Ordering::Relaxed) >= self.max_in_flight {
            return Err(Refusal::Full);
        }
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        let is_first = state.batch.pending.is_empty();
        for command in commands.cmd_iter() {
            command.write_packed_command(&mut state.batch.bytes);
        }
        state.batch.pending.push(pending);
        if let Some(taker) = state.taker.as_ref().filter(|_| is_first) {
            taker.wake_by_ref();
        }
        Ok(replies)
    }

    /// Whether there are requests. If not, the next one wakes the task of this context.
    pub(super) fn poll_filled(&self, context: &Context<'_>) -> bool {
        let mut state = self.lock();
        match &state.taker {
            Some(taker) if taker.will_wake(context.waker()) => {}
            _ => state.taker = Some(context.waker().clone()),
        }
        !state.batch.pending.is_empty()
    }

    /// Swaps the batch for an empty one.
    pub(super) fn take(&self, empty: &mut Batch) {
        std::mem::swap(&mut self.lock().batch, empty);
    }

    /// Takes no more requests. Those that wait learn it from their channels.
    pub(super) fn close(&self, reason: io::Error) {
        let mut state = self.lock();
        state.close_reason.get_or_insert_with(|| Arc::new(reason));
        drop(std::mem::take(&mut state.batch));
    }

    /// A request has all its replies.
    pub(super) fn finish(&self) {
        self.in_flight.fetch_sub(1, Ordering::Relaxed);
    }

    pub(super) fn hear(&self) {
        self.heard.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn heard(&self) -> u64 {
        self.heard.load(Ordering::Relaxed)
    }

    pub(super) fn close_reason(&self) -> Arc<io::Error> {
        let unknown = || Arc::new(io::ErrorKind::ConnectionAborted.into());
        self.lock().close_reason.clone().unwrap_or_else(unknown)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PendingReplies {
    /// Adds the next reply. Returns whether it was the last one.
    pub(super) fn push(&mut self, reply: Reply) -> bool {
        self.replies.push(reply);
        self.replies.len() >= self.expected
    }

    /// The last reply if it is an error, which may be why no more replies come.
    pub(super) fn last_error(&self) -> Option<String> {
        self.replies.last().cloned().and_then(Reply::into_error)
    }

    /// Hands the replies to the request, unless it has stopped waiting.
    pub(super) fn hand_over(self) {
        let _ = self.receiver.send(self.replies);
    }
}

impl fmt::Debug for RequestQueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestQueue").finish_non_exhaustive()
    }
}
