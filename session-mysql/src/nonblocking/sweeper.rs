use std::sync::Weak;

use tokio::{task::JoinSet, time::sleep};

use super::client::TokioClient;
use crate::{pool::Pool, sweeping::Sweeping};

/// Starts the task that removes expired sessions for as long as the pool exists, on the runtime of the caller. The task ends
/// when the set is dropped.
pub(super) fn start(pool: Weak<Pool<TokioClient>>, sweeping: Sweeping) -> JoinSet<()> {
    let mut task = JoinSet::new();
    task.spawn(sweep(pool, sweeping));
    task
}

async fn sweep(pool: Weak<Pool<TokioClient>>, sweeping: Sweeping) {
    sleep(sweeping.every).await;
    while let Some(pool) = pool.upgrade() {
        let pause = sweeping.remove_batch(&pool).await;
        drop(pool);
        sleep(pause).await;
    }
}
