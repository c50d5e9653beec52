use std::sync::{Arc, Weak};

use tokio::task::AbortHandle;

use super::Inner;
use crate::{
    protocol::operations::Sweep,
    retry::run,
    sweeping::{Sweeping, failed},
};

/// A task that collects what has expired for as long as its store is there.
pub(super) struct Sweeper(AbortHandle);

impl Sweeper {
    /// On the runtime of the caller.
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
        pause = match run(&inner.pool, &inner.settings, &Sweep(sweeping.batch)).await {
            Ok(removed) => sweeping.after(removed),
            Err(error) => failed(&error, sweeping.every),
        };
    }
}
