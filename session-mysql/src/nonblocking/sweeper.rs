use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use tokio::{task::JoinSet, time::sleep};

use super::client::TokioClient;
use crate::{pool::Pool, sweeping::Sweeping};

/// The task that removes expired sessions for as long as the pool and its runtime exist. It ends when this is dropped.
pub(super) struct Sweeper {
    /// The task has the other reference, and loses it with its runtime.
    alive: Weak<()>,
    _task: JoinSet<()>,
}

impl Sweeper {
    /// Starts on the runtime of the caller.
    pub(super) fn start(pool: Weak<Pool<TokioClient>>, sweeping: Sweeping) -> Self {
        let alive = Arc::new(());
        let (mut task, weak) = (JoinSet::new(), Arc::downgrade(&alive));
        task.spawn(async move {
            sweep(pool, sweeping).await;
            drop(alive);
        });
        Self { alive: weak, _task: task }
    }

    pub(super) fn is_alive(&self) -> bool {
        self.alive.strong_count() > 0
    }
}

async fn sweep(pool: Weak<Pool<TokioClient>>, sweeping: Sweeping) {
    let due = || pool.upgrade().map_or(Duration::ZERO, |pool| pool.until_due());
    sleep(due()).await;
    while let Some(pool) = pool.upgrade() {
        let pause = sweeping.remove_batch(&pool).await;
        drop(pool);
        sleep(pause).await;
    }
}
