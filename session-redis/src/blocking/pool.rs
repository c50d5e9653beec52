use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        mpsc::{RecvTimeoutError, TrySendError, sync_channel},
    },
    time::{Duration, Instant},
};

use session_core::store::{Applied, StoreError};
use session_net::Limit;

use super::{
    connection::Connection,
    server::{Next, Server, Waiting},
};
use crate::{
    protocol::errors::{contended, interrupted, late, shared},
    retry::BACK_OFF,
    servers::ServerAddress,
};

/// The connections to all servers, up to a given number to each. Callers that wait are served in the order in which they came.
pub(super) struct Pool {
    servers: Mutex<HashMap<Arc<ServerAddress>, Server>>,
    size: u32,
    /// Makes a connection beside the callers, and ends with [`opened`](Self::opened).
    open: Box<Open>,
}

type Open = dyn Fn(Arc<Pool>, Arc<ServerAddress>) + Send + Sync;

/// A connection that is used. The drop gives it back, also if nobody has received it.
pub(super) struct Lent {
    pool: Arc<Pool>,
    address: Arc<ServerAddress>,
    generation: u64,
    /// There until it is dropped.
    connection: Option<Connection>,
}

impl Pool {
    pub(super) fn new(
        size: u32,
        open: impl Fn(Arc<Self>, Arc<ServerAddress>) + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self { servers: Mutex::default(), size, open: Box::new(open) })
    }

    /// Takes a connection to this server for a request that came then, or waits for one.
    pub(super) fn get(
        self: &Arc<Self>,
        address: &Arc<ServerAddress>,
        came: Instant,
        budget: &Limit,
    ) -> Result<Lent, StoreError> {
        let now = Instant::now();
        let mut servers = self.lock();
        let server = match servers.get_mut(address) {
            Some(server) => server,
            None => servers.entry(Arc::clone(address)).or_default(),
        };
        if let Some(connection) = server.take(now) {
            return Ok(self.lend(address, server, connection));
        }
        if let Some(failure) = server.failure(now, came) {
            return Err(shared(failure));
        }
        let (sender, receiver) = sync_channel(1);
        server.waiting.push_back(Waiting { came, sender });
        drop(servers);
        self.serve(address);
        let given = loop {
            match receiver.recv_timeout(budget.remaining().min(BACK_OFF)) {
                // Nobody rings when the pause after a failure is over.
                Err(RecvTimeoutError::Timeout) if !budget.has_passed() => self.serve(address),
                given => break given,
            }
        };
        match given {
            Ok(given) => given.map_err(|failure| shared(&failure)),
            Err(RecvTimeoutError::Disconnected) => Err(interrupted()),
            Err(RecvTimeoutError::Timeout) if self.lock().get(address).is_some_and(Server::is_used) => {
                Err(contended("all connections of the pool (`pool_size`) were in use"))
            }
            Err(RecvTimeoutError::Timeout) => Err(late(budget, "no connection", Applied::No)),
        }
    }

    /// A connection was made, or not.
    pub(super) fn opened(
        self: &Arc<Self>,
        address: &Arc<ServerAddress>,
        began: Instant,
        opened: Result<Connection, StoreError>,
    ) {
        let mut servers = self.lock();
        servers.entry(Arc::clone(address)).or_default().opened(began, opened, Instant::now());
        drop(servers);
        self.serve(address);
    }

    /// Does what can be done for those who wait: the first gets the connection that is idle; another is made; or they are told
    /// why there is none.
    fn serve(self: &Arc<Self>, address: &Arc<ServerAddress>) {
        loop {
            let mut servers = self.lock();
            let Some(server) = servers.get_mut(address) else { return };
            match server.next(self.size, Instant::now()) {
                Next::Give(connection, waiting) => {
                    let lent = self.lend(address, server, connection);
                    drop(servers);
                    give(lent, waiting);
                }
                Next::Tell(waiting, failure) => {
                    drop(servers);
                    for caller in waiting {
                        // A caller that is gone needs no error.
                        let _ = caller.sender.try_send(Err(Arc::clone(&failure)));
                    }
                }
                Next::Open => {
                    drop(servers);
                    (self.open)(Arc::clone(self), Arc::clone(address));
                }
                Next::Nothing => return,
            }
        }
    }

    fn lend(
        self: &Arc<Self>,
        address: &Arc<ServerAddress>,
        server: &mut Server,
        connection: Connection,
    ) -> Lent {
        let generation = server.lend();
        Lent {
            pool: Arc::clone(self),
            address: Arc::clone(address),
            generation,
            connection: Some(connection),
        }
    }

    /// Closes the connections to this server: a broken one, which probably was not the only one, or one to the wrong server.
    /// In that case one that was made a moment ago for the same reason stays.
    pub(super) fn close(&self, address: &ServerAddress, generation: u64, is_broken: bool, age: Duration) {
        let mut servers = self.lock();
        let closed =
            servers.get_mut(address).map(|server| server.close(generation, is_broken, age, Instant::now()));
        drop(servers);
        drop(closed);
    }

    /// Closes the idle connections to servers that are not needed any more.
    pub(super) fn retain(&self, is_needed: impl Fn(&ServerAddress) -> bool) {
        self.lock().retain(|address, server| is_needed(address) || server.is_busy());
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Arc<ServerAddress>, Server>> {
        self.servers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection that nobody receives comes back by its drop, and goes to the next caller.
fn give(lent: Lent, waiting: Waiting) {
    if let Err(TrySendError::Full(given) | TrySendError::Disconnected(given)) =
        waiting.sender.try_send(Ok(lent))
        && let Ok(mut lent) = given
    {
        lent.put_back();
    }
}

impl Lent {
    /// The connection, and its generation.
    pub(super) fn connection(&mut self) -> (Option<&mut Connection>, u64) {
        (self.connection.as_mut(), self.generation)
    }

    fn put_back(&mut self) {
        let mut servers = self.pool.lock();
        let connection = self.connection.take();
        let closed = match servers.get_mut(&self.address) {
            Some(server) => server.put_back(connection, self.generation, Instant::now()),
            None => connection,
        };
        drop(servers);
        drop(closed);
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if self.connection.is_some() {
            self.put_back();
            self.pool.serve(&self.address);
        }
    }
}
