use std::{sync::mpsc, thread};

use alo_session::{MemoryStore, SessionConfig};
use axum::Router;
use session_demo::app;
use tokio::{net::TcpListener, runtime::Runtime};

use crate::{browser::Browser, slow_store::SlowStore};

/// The site, with a store of its own.
pub(crate) struct Server {
    pub(crate) base: String,
    pub(crate) store: MemoryStore,
}

impl Server {
    pub(crate) fn start() -> Self {
        Self::with_store(MemoryStore::new())
    }

    pub(crate) fn with_store(store: MemoryStore) -> Self {
        Self { base: serve(app(store.clone(), config())), store }
    }

    /// On a slow store: requests at the same moment all load before the first one saves.
    pub(crate) fn slow() -> Self {
        let store = MemoryStore::new();
        Self { base: serve(app(SlowStore(store.clone()), config())), store }
    }

    pub(crate) fn browser(&self) -> Browser {
        Browser::new(&self.base)
    }
}

pub(crate) fn config() -> SessionConfig {
    session_demo::config(false).unwrap()
}

/// Serves until the test program ends, and returns the address.
pub(crate) fn serve(app: Router) -> String {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        Runtime::new().unwrap().block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            sender.send(listener.local_addr().unwrap()).unwrap();
            axum::serve(listener, app).await.unwrap();
        });
    });
    format!("http://{}", receiver.recv().unwrap())
}

/// Calls `run` as many times as `times` says, all at the same moment.
pub(crate) fn at_once<T: Send>(times: usize, run: impl Fn() -> T + Sync) -> Vec<T> {
    let barrier = std::sync::Barrier::new(times);
    thread::scope(|scope| {
        let one = || {
            barrier.wait();
            run()
        };
        let threads: Vec<_> = (0..times).map(|_| scope.spawn(one)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}
