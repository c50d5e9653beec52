use std::{any::Any, net::TcpListener, thread, time::Duration};

use alo_session::{MemoryStore, MysqlStore, RedisStore, SessionConfig, driver::Sessions, store::AnyStore};
use clap::ValueEnum as _;
use session_demo::Framework;
use session_testservers::{MariaDb, RedisServer};
use tokio::{runtime::Runtime, sync::watch};

use crate::slow_store::SlowStore;

/// Long, because browsers leave little of a small machine to the server.
const PATIENCE: Duration = Duration::from_secs(20);

/// Where the sessions of a run are kept, and what serves the site.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kind {
    store: Stored,
    framework: Framework,
}

#[derive(Debug, Clone, Copy)]
enum Stored {
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
    /// Every store with every framework.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        let stores = [Stored::Memory, Stored::Redis, Stored::Mysql];
        let frameworks = Framework::value_variants().iter();
        frameworks.flat_map(move |framework| stores.map(|store| Self { store, framework: *framework }))
    }

    /// Returns a name such as `axum-redis`.
    pub(crate) fn name(self) -> String {
        format!("{:?}-{:?}", self.framework, self.store).to_lowercase()
    }
}

impl Site {
    pub(crate) fn start(kind: Kind, config: SessionConfig) -> Self {
        let (store, server): (_, Option<Box<dyn Any>>) = match kind.store {
            Stored::Memory => (AnyStore::new(MemoryStore::new()), None),
            Stored::Redis => {
                let server = RedisServer::start().unwrap();
                let store = RedisStore::builder(&server.url()).response_timeout(PATIENCE).budget(PATIENCE);
                (AnyStore::new(store.build().unwrap()), Some(Box::new(server)))
            }
            Stored::Mysql => {
                let server = MariaDb::start().unwrap();
                let store = MysqlStore::builder(&server.url()).create_table_if_missing();
                let store = store.connect_timeout(PATIENCE).response_timeout(PATIENCE).budget(PATIENCE);
                (AnyStore::new(store.build().unwrap()), Some(Box::new(server)))
            }
        };
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        // By name, because browsers accept `Secure` cookies from localhost over plain HTTP.
        let address = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        let sessions = Sessions::new(SlowStore(store), config);
        thread::spawn(move || {
            // It never comes: the site ends with the test.
            let (_end, ending) = watch::channel(false);
            Runtime::new().unwrap().block_on(kind.framework.serve(listener, sessions, ending)).unwrap();
        });
        Self { address, _server: server }
    }
}
