use std::sync::Weak;

use tokio::{task::AbortHandle, time::sleep};

use super::client::TokioClient;
use crate::{pool::Pool, sweeping::Sweeping};

/// The task that removes expired sessions for as long as its store exists. Dropping this ends it.
pub(super) struct Sweeper(AbortHandle);

impl Sweeper {
    /// Starts it on the runtime of the caller.
    pub(super) fn start(pool: Weak<Pool<TokioClient>>, sweeping: Sweeping) -> Self {
        Self(tokio::spawn(sweep(pool, sweeping)).abort_handle())
    }
}

impl Drop for Sweeper {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn sweep(pool: Weak<Pool<TokioClient>>, sweeping: Sweeping) {
    sleep(sweeping.every).await;
    while let Some(pool) = pool.upgrade() {
        let pause = sweeping.remove_batch(&pool).await;
        drop(pool);
        sleep(pause).await;
    }
}
