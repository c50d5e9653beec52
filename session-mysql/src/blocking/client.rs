use std::{
    collections::BTreeMap,
    sync::{Condvar, Mutex, MutexGuard, PoisonError, Weak, mpsc::Sender},
    thread,
    time::Instant,
};

use mysql::{Conn, Opts};

use super::{
    sweeper,
    wire::{error_kind, exchange, options},
};
use crate::{
    options::StoreOptions,
    pool::{Client, Pool},
    protocol::{ErrorKind, Reply, Statement, StatementKind},
    sweeping::Sweeping,
};

/// The client library `mysql`. Its futures never wait: everything happens on the calling thread.
pub(super) struct ThreadClient {
    options: Opts,
    size: u32,
    taken: Mutex<u32>,
    freed: Condvar,
}

/// A connection and what it has prepared. Its timeouts are settings of its own.
pub(crate) struct Connection {
    pub(crate) conn: Conn,
    /// The library would find a statement by reading its whole text, which takes longer than the server's reply.
    pub(super) prepared: BTreeMap<StatementKind, mysql::Statement>,
}

/// A place in the pool.
pub(super) struct Place<'a>(&'a ThreadClient);

impl ThreadClient {
    pub(super) fn new(store: &StoreOptions) -> Self {
        let (options, size) = (options(store), store.limits.pool_size);
        Self { options, size, taken: Mutex::new(0), freed: Condvar::new() }
    }

    fn taken(&self) -> MutexGuard<'_, u32> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connection {
    pub(crate) fn open(options: Opts) -> Result<Self, mysql::Error> {
        Ok(Self { conn: Conn::new(options)?, prepared: BTreeMap::new() })
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        *self.0.taken() -= 1;
        self.0.freed.notify_one();
    }
}

impl Client for ThreadClient {
    type Connection = Connection;
    type Place<'a> = Place<'a>;
    type Sweeper = Sender<()>;

    async fn place(&self, deadline: Instant) -> Option<Place<'_>> {
        let left = deadline.saturating_duration_since(Instant::now());
        let is_full = |taken: &mut u32| *taken >= self.size;
        let waited = self.freed.wait_timeout_while(self.taken(), left, is_full);
        let (mut taken, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        if timeout.timed_out() {
            return None;
        }
        *taken += 1;
        Some(Place(self))
    }

    async fn connect(&self, _: Instant) -> Result<Connection, ErrorKind> {
        Connection::open(self.options.clone()).map_err(error_kind)
    }

    async fn ping(&self, connection: &mut Connection, _: Instant) -> bool {
        connection.conn.ping().is_ok()
    }

    async fn send(
        &self,
        connection: &mut Connection,
        statement: &Statement<'_>,
        _: Instant,
    ) -> Result<Reply, ErrorKind> {
        exchange(connection, statement).map_err(error_kind)
    }

    fn close(&self, connection: Connection) {
        // The library says goodbye to the server, which takes its time where the server is frozen.
        let close = thread::Builder::new().name("session-mysql-close".to_owned());
        let _ = close.spawn(move || drop(connection));
    }

    fn start_sweeper(pool: Weak<Pool<Self>>, sweeping: Sweeping) -> Sender<()> {
        sweeper::start(pool, sweeping)
    }

    /// A thread lives as long as the pool.
    fn is_sweeping(_: &Sender<()>) -> bool {
        true
    }
}
