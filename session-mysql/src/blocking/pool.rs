use std::{
    future::{Future, ready},
    mem,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use mysql::{Conn, Opts};

use super::wire::{exchange, options, trouble};
use crate::{
    answer::Answer,
    attempt::{Lease, Pool},
    conversation::Wire,
    settings::{PING_AFTER, Settings},
    statement::Statement,
    trouble::Trouble,
};

/// Connections that are made when they are needed, outside any lock, and kept while they work.
pub(super) struct ThreadPool {
    shared: Arc<Shared>,
}

struct Shared {
    size: u32,
    options: Opts,
    state: Mutex<State>,
    returned: Condvar,
}

#[derive(Default)]
struct State {
    on_loan: u32,
    idle: Vec<Idle>,
}

struct Idle {
    conn: Conn,
    since: Instant,
}

impl ThreadPool {
    pub(super) fn new(settings: &Settings) -> Self {
        let (size, options) = (settings.pool_size, options(settings));
        let shared = Shared { size, options, state: Mutex::default(), returned: Condvar::new() };
        Self { shared: Arc::new(shared) }
    }
}

impl Pool for ThreadPool {
    type Lease = Leased;

    fn lease(&self, deadline: Instant) -> impl Future<Output = Result<Leased, Trouble>> + Send {
        ready(self.take(deadline))
    }

    fn forget_idle(&self) {
        let idle = mem::take(&mut self.shared.state().idle);
        drop(idle);
    }
}

impl ThreadPool {
    fn take(&self, deadline: Instant) -> Result<Leased, Trouble> {
        let left = deadline.saturating_duration_since(Instant::now());
        let is_full = |state: &mut State| state.on_loan >= self.shared.size;
        let waited = self.shared.returned.wait_timeout_while(self.shared.state(), left, is_full);
        let (mut state, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        if timeout.timed_out() {
            return Err(Trouble::Late("all connections of the pool were in use"));
        }
        state.on_loan += 1;
        let mut idle = state.idle.pop();
        drop(state);
        // From here on, dropping it makes the place free.
        let mut leased = Leased { conn: None, shared: Arc::clone(&self.shared) };
        while let Some(Idle { mut conn, since }) = idle.take() {
            if since.elapsed() < PING_AFTER || conn.ping().is_ok() {
                leased.conn = Some(conn);
                return Ok(leased);
            }
            idle = self.shared.state().idle.pop();
        }
        let connected = Conn::new(self.shared.options.clone()).map_err(trouble);
        leased.conn = Some(connected.map_err(|trouble| match trouble {
            Trouble::Lost(reason) => Trouble::Unreachable(reason),
            other => other,
        })?);
        Ok(leased)
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection on loan, which is closed when it is dropped.
pub(super) struct Leased {
    conn: Option<Conn>,
    shared: Arc<Shared>,
}

impl Wire for Leased {
    fn send(
        &mut self,
        statement: &Statement<'_>,
        _: Instant,
    ) -> impl Future<Output = Result<Answer, Trouble>> + Send {
        // The time of an answer is limited by the connection's own setting.
        ready(match &mut self.conn {
            Some(conn) => exchange(conn, statement).map_err(trouble),
            None => Err(Trouble::Misuse("the connection was given back")),
        })
    }
}

impl Lease for Leased {
    fn give_back(mut self) {
        if let Some(conn) = self.conn.take() {
            self.shared.state().idle.push(Idle { conn, since: Instant::now() });
        }
    }
}

impl Drop for Leased {
    fn drop(&mut self) {
        self.conn = None;
        self.shared.state().on_loan -= 1;
        self.shared.returned.notify_one();
    }
}
