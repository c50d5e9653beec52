use std::{
    collections::BTreeMap,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak, mpsc::Sender},
    thread,
    time::{Duration, Instant},
};

use mysql::{Conn, Opts};
use session_net::{Credentials, Limit};

use super::{
    poll_once,
    reach::connect,
    sweeper,
    wire::{error_kind, exchange, logged_in, options},
};
use crate::{
    options::StoreOptions,
    pool::{Attempt, Client, Pool},
    protocol::{ErrorKind, Handshake, Reply, Statement, StatementKind},
    sweeping::Sweeping,
};

/// The client library `mysql`. Its futures never wait: everything happens on the calling thread.
pub(super) struct ThreadClient {
    options: Opts,
    credentials: Credentials,
    connect_timeout: Duration,
    handshake: Arc<Handshake>,
    /// How many of those who wait are to look.
    woken: Mutex<u32>,
    freed: Condvar,
}

/// A connection and what it has prepared. Its timeouts are settings of its own.
pub(crate) struct Connection {
    pub(crate) conn: Conn,
    /// The library would find a statement by reading its whole text, which takes longer than the server's reply.
    pub(super) prepared: BTreeMap<StatementKind, mysql::Statement>,
}

impl ThreadClient {
    pub(super) fn new(store: &StoreOptions) -> Self {
        let (limits, options) = (&store.limits, options(store));
        let (connect_timeout, handshake) =
            (limits.connect_timeout, Arc::new(Handshake::new(limits.patience())));
        let credentials = store.credentials.clone();
        Self { options, credentials, connect_timeout, handshake, woken: Mutex::new(0), freed: Condvar::new() }
    }

    fn woken(&self) -> MutexGuard<'_, u32> {
        self.woken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connection {
    pub(crate) fn new(conn: Conn) -> Self {
        Self { conn, prepared: BTreeMap::new() }
    }
}

impl Client for ThreadClient {
    type Connection = Connection;
    type Sweeper = Sender<()>;

    fn begin(attempt: Attempt<Self>) {
        let thread = thread::Builder::new().name("session-mysql-connect".to_owned());
        // Without a thread the attempt ends, and those who wait try again.
        let _ = thread.spawn(move || poll_once(attempt.run()));
    }

    async fn wait(&self, until: Instant) {
        let left = until.saturating_duration_since(Instant::now());
        let waited = self.freed.wait_timeout_while(self.woken(), left, |woken| *woken == 0);
        let (mut woken, _) = waited.unwrap_or_else(PoisonError::into_inner);
        *woken = woken.saturating_sub(1);
    }

    fn wake(&self) {
        *self.woken() += 1;
        self.freed.notify_one();
    }

    async fn sleep(&self, time: Duration) {
        thread::sleep(time);
    }

    async fn connect(&self, deadline: Instant) -> Result<Connection, ErrorKind> {
        let options = logged_in(&self.options, &self.credentials).map_err(error_kind)?;
        let limit = Limit::until("connect_timeout", self.connect_timeout, deadline);
        connect(&options, &self.handshake, limit)
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
