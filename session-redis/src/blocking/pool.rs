use std::{
    collections::HashMap,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use super::connection::Connection;
use crate::servers::ServerAddress;

/// The connections to all servers, up to a given number to each. The pool opens none itself and has no thread of its own.
#[derive(Debug)]
pub(super) struct Pool {
    servers: Mutex<HashMap<ServerAddress, Connections>>,
    freed: Condvar,
    size: u32,
}

/// The connections to one server.
#[derive(Debug, Default)]
struct Connections {
    idle: Vec<Connection>,
    /// How many are used or being opened.
    used: u32,
}

/// A place in the pool, and the connection in it once there is one. The drop gives both back.
#[derive(Debug)]
pub(super) struct PooledConnection<'a> {
    pool: &'a Pool,
    address: &'a ServerAddress,
    pub(super) connection: Option<Connection>,
}

impl Pool {
    pub(super) fn new(size: u32) -> Self {
        Self { servers: Mutex::default(), freed: Condvar::new(), size }
    }

    /// Takes an idle connection to this server, or a place for a new one. `None` if none is free before the deadline.
    pub(super) fn get<'a>(
        &'a self,
        address: &'a ServerAddress,
        deadline: Instant,
    ) -> Option<PooledConnection<'a>> {
        let mut servers = self.lock();
        loop {
            let connections = servers.entry(address.clone()).or_default();
            // The connection used last is the least likely to have been closed while it was idle.
            let connection = connections.idle.pop();
            if connection.is_some() || connections.used < self.size {
                connections.used += 1;
                return Some(PooledConnection { pool: self, address, connection });
            }
            let remaining = deadline.checked_duration_since(Instant::now())?;
            servers = self.freed.wait_timeout(servers, remaining).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Closes the idle connections to this server, which probably failed with the one that did.
    pub(super) fn close_idle(&self, address: &ServerAddress) {
        let idle = self.lock().get_mut(address).map(|connections| std::mem::take(&mut connections.idle));
        drop(idle);
    }

    /// Closes the idle connections to servers that are not needed any more.
    pub(super) fn retain(&self, is_needed: impl Fn(&ServerAddress) -> bool) {
        self.lock().retain(|address, connections| is_needed(address) || connections.used > 0);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ServerAddress, Connections>> {
        self.servers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for PooledConnection<'_> {
    fn drop(&mut self) {
        let mut servers = self.pool.lock();
        if let Some(connections) = servers.get_mut(self.address) {
            connections.used = connections.used.saturating_sub(1);
            connections.idle.extend(self.connection.take().filter(Connection::is_in_step));
        }
        drop(servers);
        // The threads that wait may wait for different servers.
        self.pool.freed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn so_many_to_each_server_and_the_next_waits_for_one() {
        let (pool, soon) = (Pool::new(2), || Instant::now() + Duration::from_millis(20));
        let [one, other] = [1, 2].map(|port| ServerAddress::Tcp { host: "a".to_owned(), port });
        let first = pool.get(&one, soon()).unwrap();
        let _second = pool.get(&one, soon()).unwrap();
        assert!(pool.get(&one, soon()).is_none(), "both are lent");
        assert!(pool.get(&other, soon()).is_some());
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| pool.get(&one, Instant::now() + Duration::from_secs(60)).is_some());
            drop(first);
            assert!(waiting.join().unwrap());
        });
    }
}
