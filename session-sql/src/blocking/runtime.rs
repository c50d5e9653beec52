use std::{
    pin::pin,
    sync::{
        Condvar, Mutex, MutexGuard, PoisonError, Weak,
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    task::{Context, Poll, Waker},
    thread,
    time::{Duration, Instant},
};

use crate::{Attempt, Client, Dialect, Pool, Runtime, Sweeping};

/// Waits on the calling thread. Connections are made and closed on threads of their own.
#[derive(Debug, Default)]
pub struct Threads {
    /// How many of those who wait are to look.
    woken: Mutex<u32>,
    freed: Condvar,
}

impl Threads {
    fn woken(&self) -> MutexGuard<'_, u32> {
        self.woken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Runtime for Threads {
    type Sweeper = Sender<()>;

    fn begin<C: Client<Runtime = Self>>(attempt: Attempt<C>) {
        // Without a thread the attempt ends, and those who wait try again.
        let _ = thread_of::<C>("connect").spawn(move || poll_once(attempt.run()));
    }

    async fn wait(&self, until: Instant) {
        let left = until.saturating_duration_since(Instant::now());
        let waited = self.freed.wait_timeout_while(self.woken(), left, |woken| *woken == 0);
        let (mut woken, _) = waited.unwrap_or_else(PoisonError::into_inner);
        *woken = woken.saturating_sub(1);
    }

    fn wake(&self) {
        *self.woken() += 1;
        self.freed.notify_one();
    }

    async fn sleep(&self, time: Duration) {
        thread::sleep(time);
    }

    /// Starts a thread, which ends when the sender is dropped.
    fn start_sweeper<C: Client<Runtime = Self>>(pool: Weak<Pool<C>>, sweeping: Sweeping) -> Sender<()> {
        let (end, ended) = channel();
        if let Err(error) = thread_of::<C>("sweep").spawn(move || sweep(&pool, &ended, sweeping)) {
            tracing::warn!(target: "alo_session", %error, "no thread for sweeping");
        }
        end
    }

    /// A thread lives as long as the pool.
    fn is_sweeping(_: &Sender<()>) -> bool {
        true
    }
}

fn sweep<C: Client>(pool: &Weak<Pool<C>>, ended: &Receiver<()>, sweeping: Sweeping) {
    let mut pause = sweeping.every;
    while ended.recv_timeout(pause) == Err(RecvTimeoutError::Timeout)
        && let Some(pool) = pool.upgrade()
        && let Some(next) = poll_once(sweeping.remove_batch(&pool))
    {
        pause = next;
    }
}

/// Returns the builder of a thread of a store, such as `session-mysql-close`.
pub fn thread_of<C: Client>(purpose: &str) -> thread::Builder {
    thread::Builder::new().name(format!("{}-{purpose}", C::Dialect::CRATE))
}

/// Returns the output of a future that never waits.
pub(crate) fn poll_once<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}
