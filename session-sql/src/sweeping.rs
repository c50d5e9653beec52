use std::{error::Error as _, sync::Arc, time::Duration};

use crate::{Client, Pool, executor::execute, operations::Sweep, retry::BATCH_PAUSE};

/// How a store removes expired sessions in the background: one batch after each interval, and the next one soon if a batch
/// was full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sweeping {
    /// The time between two batches.
    pub every: Duration,
    /// The most rows of a batch.
    pub batch: u32,
}

impl Sweeping {
    /// Removes a batch. Returns how long to wait before the next one.
    pub async fn remove_batch<C: Client>(self, pool: &Arc<Pool<C>>) -> Duration {
        let pause = self.pause_after_batch(pool).await;
        pool.sweep_after(pause);
        pause
    }

    async fn pause_after_batch<C: Client>(self, pool: &Arc<Pool<C>>) -> Duration {
        match execute(pool, &Sweep { limit: self.batch }).await {
            Ok(removed) if removed >= u64::from(self.batch) => BATCH_PAUSE.min(self.every),
            Ok(_) => self.every,
            Err(error) => {
                let (kind, source) = (error.kind().label(), error.source().map(ToString::to_string));
                tracing::warn!(target: "alo_session", kind, source, "sweeping failed");
                self.every
            }
        }
    }
}
