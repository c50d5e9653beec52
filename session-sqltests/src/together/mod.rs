//! What waits for a connection travels together, and each is answered for itself.

pub mod creates;
pub mod loads;

use std::time::{Duration, Instant};

use session_core::{id::StoreKey, store::Store};
use session_sql::nonblocking::SqlStore;
use tokio::{
    runtime,
    task::{JoinHandle, yield_now},
    time::{sleep, timeout},
};

use crate::{
    Database, Server as _,
    pair::{BOUND, key, patient, write},
    start,
};

/// One runtime on one thread, so that each step is seen; and a store with one connection, which it has.
struct Setting<D: Database> {
    server: D::Server,
    runtime: runtime::Runtime,
    store: SqlStore<D::Dialect>,
}

impl<D: Database> Setting<D> {
    fn new(settings: &[&str]) -> Self {
        let server = start::<D>(settings);
        let runtime = runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let store = patient::<D::Dialect>(&server.url()).pool_size(1).build().unwrap();
        let setting = Self { server, runtime, store };
        (1..60).for_each(|number| setting.create(&key(number)));
        setting
    }

    /// The server waits for a lock for three seconds: long enough to release it meanwhile.
    fn with_long_locks(mut self) -> Self {
        let builder = patient::<D::Dialect>(&self.server.url()).pool_size(1).budget(BOUND);
        self.store = builder.response_timeout(Duration::from_secs(6)).build().unwrap();
        self
    }

    fn create(&self, key: &StoreKey) {
        let number = key.digest.as_bytes()[0];
        let data = [number; 100];
        self.runtime.block_on(Store::create(&self.store, key, write(number, &data), None)).unwrap();
    }

    /// Loads without an end as long as the server is frozen: the only connection is in use.
    fn load(&self, key: StoreKey) -> JoinHandle<Option<u8>> {
        let store = self.store.clone();
        self.runtime.spawn(async move {
            let loaded = Store::load(&store, &key).await.unwrap();
            loaded.map(|stored| {
                let number = *stored.data.first().unwrap();
                assert_eq!(*stored.data, [number; 100]);
                number
            })
        })
    }

    /// Has every task done what it can do.
    fn settle(&self) {
        self.runtime.block_on(async {
            for _ in 0..100 {
                yield_now().await;
            }
        });
    }

    /// Takes out whichever ends first: on a busy machine it is not always the first that waits.
    fn join_first<T>(&self, tasks: &mut Vec<JoinHandle<T>>) -> T {
        let began = Instant::now();
        loop {
            assert!(began.elapsed() < BOUND, "none ends");
            if let Some(ended) = tasks.iter().position(JoinHandle::is_finished) {
                return self.join(tasks.remove(ended));
            }
            self.runtime.block_on(async { sleep(Duration::from_millis(1)).await });
        }
    }

    fn join<T>(&self, task: JoinHandle<T>) -> T {
        self.runtime.block_on(async { timeout(BOUND, task).await.unwrap().unwrap() })
    }
}
