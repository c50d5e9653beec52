//! The cost of a round trip to Redis, through the store and by the raw calls of the driver.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a bench that cannot prepare its data has nothing to measure, and says so"
)]

mod round_trips;

use criterion::Criterion;
use redis::{
    AsyncCommands as _, Client, IntoConnectionInfo as _, SetExpiry, SetOptions, aio::MultiplexedConnection,
    io::tcp::TcpSettings,
};
use round_trips::{IN_FLIGHT, OnStore, PATIENCE, TTL, What, Work, bench, group, number, runtime, started};
use session_redis::RedisStore;
use session_testservers::RedisServer;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    if let Some(server) = started(RedisServer::start()) {
        round_trips(&mut criterion, &server);
    }
    criterion.final_summary();
}

fn round_trips(criterion: &mut Criterion, server: &RedisServer) {
    let runtime = runtime();
    let builder = RedisStore::builder(&server.url());
    let store = builder.budget(PATIENCE).response_timeout(PATIENCE).build().unwrap();
    let connection = runtime.block_on(connection(&server.url()));
    for in_flight in IN_FLIGHT {
        let mut group = group(criterion, format!("redis, in flight: {in_flight}"));
        for (name, writes) in [("driver: GET", false), ("driver: SET", true)] {
            bench(&mut group, &runtime, name, in_flight, async || Floor::start(&connection, writes).await);
        }
        for what in What::ALL {
            bench(&mut group, &runtime, what.name(), in_flight, async || OnStore::start(&store, what).await);
        }
        group.finish();
    }
}

/// One multiplexed connection: no pool is as fast.
async fn connection(url: &str) -> MultiplexedConnection {
    let info = url.into_connection_info().unwrap();
    let info = info.set_tcp_settings(TcpSettings::default().set_nodelay(true));
    Client::open(info).unwrap().get_multiplexed_async_connection().await.unwrap()
}

/// The raw calls of the driver for one key, without the checks of a session.
struct Floor {
    connection: MultiplexedConnection,
    writes: bool,
    key: String,
}

impl Floor {
    async fn start(connection: &MultiplexedConnection, writes: bool) -> Self {
        let mut floor =
            Self { connection: connection.clone(), writes, key: format!("session:{:032x}", number()) };
        floor.set().await;
        floor
    }

    async fn set(&mut self) {
        let expiry = SetExpiry::PX(u64::try_from(TTL.as_millis()).unwrap());
        let options = SetOptions::default().with_expiration(expiry);
        let () = self.connection.set_options(&self.key, &[7_u8; 400][..], options).await.unwrap();
    }
}

impl Work for Floor {
    async fn once(&mut self) {
        if self.writes {
            self.set().await;
        } else {
            let data: Vec<u8> = self.connection.get(&self.key).await.unwrap();
            assert!(!data.is_empty());
        }
    }
}
