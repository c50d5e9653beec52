use std::{sync::Arc, time::Instant};

use super::{Client, Pool, idle::Pooled, state::Permit};
use crate::{ErrorKind, retry::PING_TIMEOUT};

/// An attempt to make a connection, or to ping a doubtful one, beside the operations that wait for it.
#[allow(missing_debug_implementations, reason = "it has no name outside the crate")]
pub struct Attempt<C: Client> {
    pool: Arc<Pool<C>>,
    permit: Permit<C::Connection>,
}

impl<C: Client> Attempt<C> {
    pub(super) const fn new(pool: Arc<Pool<C>>, permit: Permit<C::Connection>) -> Self {
        Self { pool, permit }
    }

    /// Hands the connection, or the reason why there is none, to those who wait.
    pub(crate) async fn run(mut self) {
        // Not methods: an attempt cannot be shared between threads if connections of the library cannot.
        match self.permit.doubtful.take() {
            Some(doubtful) => ping(&self.pool, self.permit.id, doubtful).await,
            None => {
                let Permit { id, began, generation, .. } = self.permit;
                connect(&self.pool, id, began, generation).await;
            }
        }
    }
}

async fn connect<C: Client>(pool: &Pool<C>, id: u64, began: Instant, generation: u32) {
    let deadline = Instant::now() + pool.options.limits.connect_timeout;
    let result = pool.client.connect(deadline).await.map_err(ErrorKind::while_connecting);
    let (now, mut state) = (Instant::now(), pool.state());
    state.end(id);
    let refused = match result {
        Ok(connection) => {
            let expires = state.expiry(now);
            state.take_in(Pooled { connection, expires, generation, is_proven: false }, now)
        }
        Err(kind) => {
            state.fail(Some((kind, began)), now);
            None
        }
    };
    drop(state);
    drop(refused);
}

async fn ping<C: Client>(pool: &Pool<C>, id: u64, mut doubtful: Pooled<C::Connection>) {
    let is_alive = pool.client.ping(&mut doubtful.connection, Instant::now() + PING_TIMEOUT).await;
    let (now, mut state) = (Instant::now(), pool.state());
    state.end(id);
    if !is_alive {
        drop(state);
        pool.client.close(doubtful.connection);
        // The others have been idle for longer.
        return pool.close_idle();
    }
    let refused = state.take_in(doubtful, now);
    drop(state);
    drop(refused);
}

impl<C: Client> Drop for Attempt<C> {
    /// Also when its task ended before it did.
    fn drop(&mut self) {
        self.pool.state().end(self.permit.id);
        self.pool.wake_all();
    }
}
