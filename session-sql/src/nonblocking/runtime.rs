use std::{
    pin::Pin,
    sync::{Arc, Weak},
    time::{Duration, Instant},
};

use tokio::{
    sync::Notify,
    task::JoinSet,
    time::{sleep, timeout, timeout_at},
};

use crate::{Attempt, Client, ErrorKind, Limit, Pool, Runtime, Sweeping};

/// Waits on the runtime of the caller.
#[derive(Debug, Default)]
pub struct Tokio {
    freed: Notify,
}

/// The task that removes expired sessions for as long as the pool and its runtime exist. It ends when this is dropped.
#[derive(Debug)]
pub struct Sweeper {
    /// The task has the other reference, and loses it with its runtime.
    alive: Weak<()>,
    _task: JoinSet<()>,
}

impl Runtime for Tokio {
    type Sweeper = Sweeper;

    fn begin<C: Client<Runtime = Self>>(attempt: Attempt<C>) {
        tokio::spawn(attempt.run());
    }

    async fn wait(&self, until: Instant) {
        // Woken or not, the caller looks.
        let _ = timeout_at(until.into(), self.freed.notified()).await;
    }

    fn wake(&self) {
        self.freed.notify_one();
    }

    async fn sleep(&self, time: Duration) {
        sleep(time).await;
    }

    /// Starts on the runtime of the caller.
    fn start_sweeper<C: Client<Runtime = Self>>(pool: Weak<Pool<C>>, sweeping: Sweeping) -> Sweeper {
        let alive = Arc::new(());
        let (mut task, weak) = (JoinSet::new(), Arc::downgrade(&alive));
        task.spawn(async move {
            sweep(pool, sweeping).await;
            drop(alive);
        });
        Sweeper { alive: weak, _task: task }
    }

    fn is_sweeping(sweeper: &Sweeper) -> bool {
        sweeper.alive.strong_count() > 0
    }
}

async fn sweep<C: Client>(pool: Weak<Pool<C>>, sweeping: Sweeping) {
    let due = || pool.upgrade().map_or(Duration::ZERO, |pool| pool.until_due());
    sleep(due()).await;
    while let Some(pool) = pool.upgrade() {
        let pause = sweeping.remove_batch(&pool).await;
        drop(pool);
        sleep(pause).await;
    }
}

/// Waits for the future until the deadline, and no longer than `most`, which is this limit. The future is pinned by the caller:
/// one that is passed by value is stored at each step again.
///
/// # Errors
/// [`ErrorKind::Timeout`] if there is no output in time, and the error of the future.
pub async fn in_time<T, E>(
    deadline: Instant,
    most: Duration,
    limit: Limit,
    error: impl FnOnce(E) -> ErrorKind,
    future: Pin<&mut impl Future<Output = Result<T, E>>>,
) -> Result<T, ErrorKind> {
    let left = deadline.saturating_duration_since(Instant::now());
    match timeout(left.min(most), future).await {
        Ok(result) => result.map_err(error),
        Err(_) => Err(ErrorKind::Timeout(if left < most { Limit::Budget } else { limit })),
    }
}
