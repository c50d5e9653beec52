use std::{
    fmt, io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Waker},
};

use redis::Pipeline;
use tokio::sync::oneshot;

use crate::protocol::replies::Reply;

/// What is to be sent over a connection, and who waits for the answers.
#[derive(Default)]
pub(super) struct Mailbox {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    mail: Mail,
    /// The task that empties it.
    driver: Option<Waker>,
    /// Why nobody empties it any more.
    closed: Option<Arc<io::Error>>,
}

/// Requests, packed one behind the other, and who asked them, in the same order.
#[derive(Default)]
pub(super) struct Mail {
    pub(super) bytes: Vec<u8>,
    pub(super) waiting: Vec<Waiting>,
}

/// Somebody who waits for so many replies.
pub(super) struct Waiting {
    wanted: usize,
    replies: Vec<Reply>,
    answer: oneshot::Sender<Vec<Reply>>,
}

impl Mailbox {
    /// Leaves a request of one command at least, or says why the connection is closed.
    pub(super) fn post(&self, commands: &Pipeline) -> Result<oneshot::Receiver<Vec<Reply>>, Arc<io::Error>> {
        let (answer, answers) = oneshot::channel();
        let wanted = commands.len();
        let waiting = Waiting { wanted, replies: Vec::with_capacity(wanted), answer };
        let mut state = self.lock();
        if let Some(reason) = &state.closed {
            return Err(Arc::clone(reason));
        }
        let is_first = state.mail.waiting.is_empty();
        for command in commands.cmd_iter() {
            command.write_packed_command(&mut state.mail.bytes);
        }
        state.mail.waiting.push(waiting);
        if let Some(driver) = state.driver.as_ref().filter(|_| is_first) {
            driver.wake_by_ref();
        }
        Ok(answers)
    }

    /// Whether there is mail. If not, the task of this context is woken by the next.
    pub(super) fn is_filled(&self, context: &Context<'_>) -> bool {
        let mut state = self.lock();
        match &state.driver {
            Some(driver) if driver.will_wake(context.waker()) => {}
            _ => state.driver = Some(context.waker().clone()),
        }
        !state.mail.waiting.is_empty()
    }

    /// Swaps the mail for an empty one.
    pub(super) fn empty(&self, into: &mut Mail) {
        std::mem::swap(&mut self.lock().mail, into);
    }

    /// Takes no more mail. Those who wait learn it from their channels.
    pub(super) fn close(&self, reason: io::Error) {
        let mut state = self.lock();
        state.closed.get_or_insert_with(|| Arc::new(reason));
        drop(std::mem::take(&mut state.mail));
    }

    /// Why it was closed.
    pub(super) fn closed(&self) -> Arc<io::Error> {
        let closed = || Arc::new(io::ErrorKind::ConnectionAborted.into());
        self.lock().closed.clone().unwrap_or_else(closed)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    /// Takes the next reply; whether it was the last.
    pub(super) fn take(&mut self, reply: Reply) -> bool {
        self.replies.push(reply);
        self.replies.len() >= self.wanted
    }

    /// The error that came last, which may be why no more comes.
    pub(super) fn refusal(&self) -> Option<String> {
        self.replies.last().cloned().and_then(Reply::into_error)
    }

    /// Hands over the replies, unless nobody waits any longer.
    pub(super) fn answer(self) {
        let _ = self.answer.send(self.replies);
    }
}

impl fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailbox").finish_non_exhaustive()
    }
}
