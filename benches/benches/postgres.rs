//! The cost of a round trip to PostgreSQL, through the store and by the raw calls of the driver.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a bench that cannot prepare its data has nothing to measure, and says so"
)]

mod round_trips;

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

use criterion::Criterion;
use round_trips::{IN_FLIGHT, OnStore, PATIENCE, TTL, What, Work, bench, group, number, runtime, started};
use session_postgres::{PostgresStore, Schema};
use session_testservers::Postgres;
use tokio_postgres::{Client, NoTls, Statement};

/// The number of connections, as the store has.
const POOL: usize = 8;
/// A table as needed by every program that stores sessions and collects expired ones.
const TABLE: &str = "CREATE TABLE floor (id bytea PRIMARY KEY, data bytea NOT NULL, expires bigint NOT NULL); \
                     CREATE INDEX ON floor (expires)";
const INSERT: &str = "INSERT INTO floor (id, data, expires) VALUES ($1, $2, $3)";
const SELECT: &str = "SELECT data FROM floor WHERE id = $1 AND expires > $2";
const UPDATE: &str = "UPDATE floor SET data = $1, expires = $2 WHERE id = $3";

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let builder = Postgres::builder().config("synchronous_commit=off");
    if let Some(server) = started(builder.config("shared_buffers=512MB").start()) {
        round_trips(&mut criterion, &server);
    }
    criterion.final_summary();
}

fn round_trips(criterion: &mut Criterion, server: &Postgres) {
    server.sql(&format!("{}; {TABLE}", Schema::new("alo_session").unwrap().create_table())).unwrap();
    let runtime = runtime();
    let builder = PostgresStore::builder(&server.url()).connect_timeout(PATIENCE);
    let store = builder.budget(PATIENCE).response_timeout(PATIENCE).build().unwrap();
    let pool = Arc::new(runtime.block_on(Pool::open(&server.url())));
    for in_flight in IN_FLIGHT {
        let mut group = group(criterion, format!("postgres, in flight: {in_flight}"));
        for (name, writes) in [("driver: SELECT", false), ("driver: UPDATE", true)] {
            bench(&mut group, &runtime, name, in_flight, async || Floor::start(&pool, writes).await);
        }
        for what in What::ALL {
            bench(&mut group, &runtime, what.name(), in_flight, async || OnStore::start(&store, what).await);
        }
        group.finish();
    }
}

/// Connections that stay open, with their prepared statements. Requests take them in turn, and share them.
struct Pool {
    connections: Vec<(Client, Statement, Statement)>,
    next: AtomicUsize,
}

impl Pool {
    async fn open(url: &str) -> Self {
        let mut connections = Vec::new();
        for _ in 0..POOL {
            let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
            tokio::spawn(connection);
            let (select, update) =
                (client.prepare(SELECT).await.unwrap(), client.prepare(UPDATE).await.unwrap());
            connections.push((client, select, update));
        }
        Self { connections, next: AtomicUsize::new(0) }
    }

    fn next(&self) -> &(Client, Statement, Statement) {
        self.connections.get(self.next.fetch_add(1, Ordering::Relaxed) % POOL).unwrap()
    }
}

/// The raw calls of the driver for one row, without the checks of a session.
struct Floor {
    pool: Arc<Pool>,
    writes: bool,
    id: [u8; 16],
}

impl Floor {
    async fn start(pool: &Arc<Pool>, writes: bool) -> Self {
        let id = u128::from(number()).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835).to_be_bytes();
        let (client, ..) = pool.next();
        client.execute(INSERT, &[&&id[..], &&[7_u8; 400][..], &deadline()]).await.unwrap();
        Self { pool: Arc::clone(pool), writes, id }
    }
}

impl Work for Floor {
    async fn once(&mut self) {
        let (client, select, update) = self.pool.next();
        if self.writes {
            client.execute(update, &[&&[7_u8; 400][..], &deadline(), &&self.id[..]]).await.unwrap();
        } else {
            let row = client.query_one(select, &[&&self.id[..], &0_i64]).await.unwrap();
            assert!(!row.get::<_, &[u8]>(0).is_empty());
        }
    }
}

/// A different deadline each millisecond, as of a session in use.
fn deadline() -> i64 {
    let deadline = SystemTime::now().duration_since(UNIX_EPOCH).unwrap() + TTL;
    i64::try_from(deadline.as_millis()).unwrap()
}
