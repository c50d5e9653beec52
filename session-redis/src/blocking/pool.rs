use std::{
    collections::HashMap,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use super::connection::Link;
use crate::servers::server_address::Address;

/// The connections to all servers, so many to each at most. It makes none itself and has no thread of its own.
#[derive(Debug)]
pub(super) struct Pool {
    shelves: Mutex<HashMap<Address, Shelf>>,
    freed: Condvar,
    size: u32,
}

#[derive(Debug, Default)]
struct Shelf {
    idle: Vec<Link>,
    /// Those that are lent out, or being made.
    lent: u32,
}

/// The right to one connection, and that connection if there is one yet.
#[derive(Debug)]
pub(super) struct Lease<'a> {
    pool: &'a Pool,
    address: &'a Address,
    pub(super) link: Option<Link>,
}

impl Pool {
    pub(super) fn new(size: u32) -> Self {
        Self { shelves: Mutex::default(), freed: Condvar::new(), size }
    }

    /// A connection to this server that nobody else uses, or the right to make one; nothing if none is free in time.
    pub(super) fn lease<'a>(&'a self, address: &'a Address, deadline: Instant) -> Option<Lease<'a>> {
        let mut shelves = self.lock();
        loop {
            let shelf = shelves.entry(address.clone()).or_default();
            // The one used last is the least likely to have been closed while it idled.
            let link = shelf.idle.pop();
            if link.is_some() || shelf.lent < self.size {
                shelf.lent += 1;
                return Some(Lease { pool: self, address, link });
            }
            let left = deadline.checked_duration_since(Instant::now())?;
            shelves = self.freed.wait_timeout(shelves, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Closes what is idle: where one connection failed, the others will.
    pub(super) fn discard(&self, address: &Address) {
        let idle = self.lock().get_mut(address).map(|shelf| std::mem::take(&mut shelf.idle));
        drop(idle);
    }

    /// Closes the idle connections to servers that are of no use any more.
    pub(super) fn retain(&self, is_useful: impl Fn(&Address) -> bool) {
        self.lock().retain(|address, shelf| is_useful(address) || shelf.lent > 0);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Address, Shelf>> {
        self.shelves.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        let mut shelves = self.pool.lock();
        if let Some(shelf) = shelves.get_mut(self.address) {
            shelf.lent = shelf.lent.saturating_sub(1);
            shelf.idle.extend(self.link.take().filter(Link::is_in_step));
        }
        drop(shelves);
        // Those who wait may wait for different servers.
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
        let [one, other] = [1, 2].map(|port| Address::Tcp { host: "a".to_owned(), port });
        let first = pool.lease(&one, soon()).unwrap();
        let _second = pool.lease(&one, soon()).unwrap();
        assert!(pool.lease(&one, soon()).is_none(), "both are lent");
        assert!(pool.lease(&other, soon()).is_some());
        std::thread::scope(|scope| {
            let waiting =
                scope.spawn(|| pool.lease(&one, Instant::now() + Duration::from_secs(60)).is_some());
            drop(first);
            assert!(waiting.join().unwrap());
        });
    }
}
