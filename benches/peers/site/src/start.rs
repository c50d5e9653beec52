use std::{env, io, net::SocketAddr, process, thread, time::Duration};

use axum::{Router, serve::ListenerExt as _};
use tokio::{net::TcpListener, runtime};

/// How a contender is to be started: `program store url idle`. It listens somewhere on loopback, says where,
/// and ends when nobody holds the other end of its standard input any more.
#[derive(Debug, Clone)]
pub struct Start {
    /// Where the sessions are kept, one of those that the program knows.
    pub store: String,
    /// The database; empty if there is none.
    pub url: String,
    /// How long a session lives without being used.
    pub idle: Duration,
}

impl Start {
    /// Where to listen: the system chooses the port.
    pub const ANYWHERE: &str = "127.0.0.1:0";
    /// How many connections those have that keep several to the database.
    pub const POOL: u32 = 8;

    /// All contenders serve with as many threads: one, so that none pays for passing work between them, or `PEER_THREADS`.
    #[must_use]
    pub fn threads() -> usize {
        env::var("PEER_THREADS").map_or(1, |threads| threads.parse().unwrap())
    }

    /// Reads the arguments of the program.
    #[must_use]
    pub fn from_args() -> Self {
        let mut args = env::args().skip(1);
        let mut next = || args.next().expect("program store url idle");
        let start = Self { store: next(), url: next(), idle: Duration::from_secs(next().parse().unwrap()) };
        thread::spawn(|| {
            let _ = io::copy(&mut io::stdin(), &mut io::sink());
            process::exit(0);
        });
        start
    }

    /// Says where it listens.
    pub fn announce(address: SocketAddr) {
        println!("{address}");
    }

    /// Serves what the site is made to be, for ever.
    pub fn serve(self, site: impl AsyncFnOnce(&Self) -> Router) {
        let threads =
            runtime::Builder::new_multi_thread().worker_threads(Self::threads()).enable_all().build();
        threads.unwrap().block_on(async {
            let router = site(&self).await;
            let listener = TcpListener::bind(Self::ANYWHERE).await.unwrap();
            Self::announce(listener.local_addr().unwrap());
            let listener = listener.tap_io(|stream| stream.set_nodelay(true).unwrap());
            axum::serve(listener, router).await.unwrap();
        });
    }
}
