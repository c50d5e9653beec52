use std::{net::SocketAddr, time::Duration};

use axum::{Router, serve::ListenerExt as _};
use tokio::{net::TcpListener, runtime};

/// How a contender is to be started: `program store address url idle`.
#[derive(Debug, Clone)]
pub struct Start {
    /// Where the sessions are kept, one of those that the program knows.
    pub store: String,
    /// Where to listen.
    pub address: SocketAddr,
    /// The database; empty if there is none.
    pub url: String,
    /// How long a session lives without being used.
    pub idle: Duration,
}

impl Start {
    /// All contenders serve with as many threads, so that none pays for passing work between them.
    pub const THREADS: usize = 1;
    /// How many connections those have that keep several to the database.
    pub const POOL: u32 = 8;

    /// Reads the arguments of the program.
    #[must_use]
    pub fn from_args() -> Self {
        let mut args = std::env::args().skip(1);
        let mut next = || args.next().expect("program store address url idle");
        Self {
            store: next(),
            address: next().parse().unwrap(),
            url: next(),
            idle: Duration::from_secs(next().parse().unwrap()),
        }
    }

    /// Serves what the site is made to be, for ever.
    pub fn serve(self, site: impl AsyncFnOnce(&Self) -> Router) {
        let threads = runtime::Builder::new_multi_thread().worker_threads(Self::THREADS).enable_all().build();
        threads.unwrap().block_on(async {
            let router = site(&self).await;
            let listener = TcpListener::bind(self.address).await.unwrap();
            let listener = listener.tap_io(|stream| stream.set_nodelay(true).unwrap());
            axum::serve(listener, router).await.unwrap();
        });
    }
}
