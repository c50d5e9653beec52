use std::{
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use redis::Pipeline;
use session_core::store::StoreError;
use session_net::Limit;

use super::{connect::connect, pool::Pool, ready};
use crate::{
    executor::Client,
    options::StoreOptions,
    protocol::{Reply, errors::interrupted},
    retry::Failed,
    routing::Directory,
    servers::ServerAddress,
};

/// A pool of connections to each server. Its futures are ready at once, because it waits on the calling thread.
pub(crate) struct ThreadClient {
    options: Arc<StoreOptions>,
    pool: Arc<Pool>,
    /// How often it was rung.
    bell: Mutex<u64>,
    rung: Condvar,
}

/// A server, and the connection to it that was used last.
pub(crate) struct Node {
    address: Arc<ServerAddress>,
    came: Instant,
    used: Mutex<Option<Used>>,
}

/// The generation of a connection, and its age.
type Used = (u64, Duration);

impl ThreadClient {
    pub(crate) fn new(options: Arc<StoreOptions>, directory: Arc<Directory>) -> Self {
        let settings = Arc::clone(&options);
        let pool = Pool::new(options.limits.pool_size, move |pool, address| {
            open(&settings, &directory, pool, address);
        });
        Self { options, pool, bell: Mutex::new(0), rung: Condvar::new() }
    }

    fn count(&self) -> u64 {
        *self.bell.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes a connection on a thread of its own, which takes as long as it must, whoever waits for it.
fn open(
    options: &Arc<StoreOptions>,
    directory: &Arc<Directory>,
    pool: Arc<Pool>,
    address: Arc<ServerAddress>,
) {
    let (options, directory) = (Arc::clone(options), Arc::clone(directory));
    let (kept_pool, kept_address) = (Arc::clone(&pool), Arc::clone(&address));
    let began = Instant::now();
    let work = move || pool.opened(&address, began, connect(&options, &directory, &address));
    if thread::Builder::new().name("session-redis".to_owned()).spawn(work).is_err() {
        kept_pool.opened(&kept_address, began, Err(interrupted()));
    }
}

impl Client for ThreadClient {
    type Node = Node;

    fn options(&self) -> &StoreOptions {
        &self.options
    }

    /// Each process has a client of its own.
    fn check_process(&self) -> Result<(), StoreError> {
        Ok(())
    }

    fn node(&self, address: &Arc<ServerAddress>, _: Instant, came: Instant) -> Node {
        Node { address: Arc::clone(address), came, used: Mutex::new(None) }
    }

    async fn exchange(&self, node: &Node, commands: &Pipeline, budget: &Limit) -> Result<Vec<Reply>, Failed> {
        let mut lent = self.pool.get(&node.address, node.came, budget).map_err(Failed::unconnected)?;
        let limit = Limit::start("response_timeout", self.options.limits.response_timeout).earlier(*budget);
        let (Some(connection), generation) = lent.connection() else {
            return Err(Failed::harmless(interrupted()));
        };
        let replies = connection.exchange(commands, limit);
        let used = (generation, connection.life.age(Instant::now()));
        *node.used.lock().unwrap_or_else(PoisonError::into_inner) = Some(used);
        replies.map_err(Failed::broken)
    }

    fn close(&self, node: &Node, is_broken: bool) {
        let used = *node.used.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((generation, age)) = used {
            self.pool.close(&node.address, generation, is_broken, age);
        }
    }

    fn retain(&self, is_needed: impl Fn(&ServerAddress) -> bool) {
        self.pool.retain(is_needed);
    }

    fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        // Without a thread it is dropped, and tells that by itself.
        let _ = thread::Builder::new().name("session-redis".to_owned()).spawn(move || ready(work));
    }

    fn ring(&self) {
        *self.bell.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.rung.notify_all();
    }

    async fn wait_until(&self, deadline: Instant, is_so: impl Fn() -> bool + Send + Sync) {
        loop {
            // Before the look, so that no ring is missed.
            let seen = self.count();
            let remaining = deadline.saturating_duration_since(Instant::now());
            if is_so() || remaining.is_zero() {
                return;
            }
            let bell = self.bell.lock().unwrap_or_else(PoisonError::into_inner);
            drop(self.rung.wait_timeout_while(bell, remaining, |count| *count == seen));
        }
    }

    async fn sleep(&self, pause: Duration) {
        thread::sleep(pause);
    }
}
