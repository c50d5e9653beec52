use std::{
    future::{Future, ready},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Instant,
};

use mysql::{Conn, Opts};

use super::wire::{exchange, options, trouble};
use crate::{
    options::Settings,
    pool::idle::{Candidate, Idle},
    protocol::conversation::Wire,
    protocol::errors::Trouble,
    protocol::prepared::Prepared,
    protocol::replies::Answer,
    protocol::statement::Statement,
    retry::{Lease, Pool},
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
    idle: Idle<Connection>,
}

/// A connection and what it has prepared.
struct Connection {
    conn: Conn,
    prepared: Prepared<mysql::Statement>,
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

    fn lease(&self, deadline: Instant, is_new: bool) -> impl Future<Output = Result<Leased, Trouble>> + Send {
        ready(self.take(deadline, is_new))
    }

    fn forget_idle(&self) {
        self.shared.forget_idle();
    }

    fn suspect_idle(&self) {
        self.shared.state().idle.suspect();
    }
}

impl ThreadPool {
    fn take(&self, deadline: Instant, is_new: bool) -> Result<Leased, Trouble> {
        let left = deadline.saturating_duration_since(Instant::now());
        let is_full = |state: &mut State| state.on_loan >= self.shared.size;
        let waited = self.shared.returned.wait_timeout_while(self.shared.state(), left, is_full);
        let (mut state, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        if timeout.timed_out() {
            return Err(Trouble::Late("all connections of the pool were in use"));
        }
        state.on_loan += 1;
        let (candidate, replaced) =
            if is_new { (None, state.idle.pop_oldest()) } else { (state.idle.pop(), None) };
        drop(state);
        drop(replaced);
        // From here on, dropping it makes the place free.
        let mut leased = Leased { connection: None, shared: Arc::clone(&self.shared) };
        if let Some(Candidate { mut connection, is_doubtful }) = candidate {
            if !is_doubtful || connection.conn.ping().is_ok() {
                leased.connection = Some(connection);
                return Ok(leased);
            }
            // What is below has been idle for longer.
            self.shared.forget_idle();
        }
        let connected = Conn::new(self.shared.options.clone()).map_err(trouble);
        let conn = connected.map_err(|trouble| match trouble {
            Trouble::Lost(reason) => Trouble::Unreachable(reason),
            other => other,
        })?;
        leased.connection = Some(Connection { conn, prepared: Prepared::default() });
        Ok(leased)
    }
}

impl Shared {
    fn forget_idle(&self) {
        let idle = self.state().idle.take_all();
        drop(idle);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection on loan, which is closed when it is dropped.
pub(super) struct Leased {
    connection: Option<Connection>,
    shared: Arc<Shared>,
}

impl Wire for Leased {
    fn send(
        &mut self,
        statement: &Statement<'_>,
        _: Instant,
    ) -> impl Future<Output = Result<Answer, Trouble>> + Send {
        // The time of an answer is limited by the connection's own setting.
        ready(match &mut self.connection {
            Some(Connection { conn, prepared }) => exchange(conn, prepared, statement).map_err(trouble),
            None => Err(Trouble::Misuse("the connection was given back")),
        })
    }
}

impl Lease for Leased {
    fn give_back(mut self) {
        if let Some(connection) = self.connection.take() {
            self.shared.state().idle.push(connection);
        }
    }
}

impl Drop for Leased {
    fn drop(&mut self) {
        if let Some(Connection { conn, .. }) = self.connection.take() {
            // It is given up. The library bids the server farewell, which takes its time where the server is frozen.
            let close = thread::Builder::new().name("session-mysql-close".to_owned());
            let _ = close.spawn(move || drop(conn));
        }
        self.shared.state().on_loan -= 1;
        self.shared.returned.notify_one();
    }
}
