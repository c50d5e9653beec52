use std::{any::Any, net::TcpListener, sync::mpsc, thread, time::Duration};

use alo_session::{MemoryStore, MysqlStore, RedisStore, SessionConfig, SessionLayer, store::AnyStore};
use session_demo::app;
use session_testservers::{MariaDb, RedisServer};
use tokio::runtime::Runtime;

use crate::slow_store::SlowStore;

/// Long, because browsers leave little of a small machine to the server.
const PATIENCE: Duration = Duration::from_secs(20);

/// Where the sessions of a run are kept.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Memory,
    Redis,
    Mysql,
}

/// The demo, in this process, on a store whose loads take long enough for two tabs to meet.
pub(crate) struct Site {
    pub(crate) address: String,
    _server: Option<Box<dyn Any>>,
}

impl Kind {
    pub(crate) const ALL: [Self; 3] = [Self::Memory, Self::Redis, Self::Mysql];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Redis => "redis",
            Self::Mysql => "mysql",
        }
    }
}

impl Site {
    pub(crate) fn start(kind: Kind, config: SessionConfig) -> Self {
        let (store, server): (_, Option<Box<dyn Any>>) = match kind {
            Kind::Memory => (AnyStore::new(MemoryStore::new()), None),
            Kind::Redis => {
                let server = RedisServer::start().unwrap();
                let store = RedisStore::builder(&server.url()).response_timeout(PATIENCE).budget(PATIENCE);
                (AnyStore::new(store.build().unwrap()), Some(Box::new(server)))
            }
            Kind::Mysql => {
                let server = MariaDb::start().unwrap();
                let store = MysqlStore::builder(&server.url()).create_table_if_missing();
                let store = store.connect_timeout(PATIENCE).response_timeout(PATIENCE).budget(PATIENCE);
                (AnyStore::new(store.build().unwrap()), Some(Box::new(server)))
            }
        };
        let (ready, address) = mpsc::channel();
        thread::spawn(move || {
            Runtime::new().unwrap().block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").unwrap();
                listener.set_nonblocking(true).unwrap();
                // By name, because browsers accept `Secure` cookies from localhost over plain HTTP.
                ready.send(format!("http://localhost:{}", listener.local_addr().unwrap().port())).unwrap();
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                axum::serve(listener, app(SessionLayer::new(SlowStore(store), config))).await.unwrap();
            });
        });
        Self { address: address.recv().unwrap(), _server: server }
    }
}
