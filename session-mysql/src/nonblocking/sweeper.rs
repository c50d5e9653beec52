use std::sync::{Arc, Weak};

use tokio::task::AbortHandle;

use super::Inner;
use crate::sweeping::Sweeping;

/// The task that removes expired sessions for as long as its store exists. Dropping this ends it.
pub(super) struct Sweeper(AbortHandle);

impl Sweeper {
    /// Starts it on the runtime of the caller.
    pub(super) fn start(inner: &Arc<Inner>, sweeping: Sweeping) -> Self {
        Self(tokio::spawn(sweep(Arc::downgrade(inner), sweeping)).abort_handle())
    }
}

impl Drop for Sweeper {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn sweep(inner: Weak<Inner>, sweeping: Sweeping) {
    let mut pause = sweeping.every;
    loop {
        tokio::time::sleep(pause).await;
        let Some(inner) = inner.upgrade() else {
            return;
        };
        pause = sweeping.remove_batch(&inner.pool).await;
    }
}
