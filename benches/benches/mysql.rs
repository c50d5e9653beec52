//! The cost of a round trip to MariaDB, through the store and by the raw calls of the driver.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a bench that cannot prepare its data has nothing to measure, and says so"
)]

mod round_trips;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use criterion::Criterion;
use mysql_async::{Opts, OptsBuilder, Pool, PoolConstraints, PoolOpts, prelude::Queryable as _};
use round_trips::{IN_FLIGHT, OnStore, PATIENCE, TTL, What, Work, bench, group, number, runtime, started};
use session_mysql::{MysqlStore, Schema};
use session_testservers::MariaDb;

/// The number of connections, as the store has.
const POOL: usize = 8;
/// A table as needed by every program that stores sessions and collects expired ones.
const TABLE: &str = "CREATE TABLE floor (id BINARY(16) PRIMARY KEY, data MEDIUMBLOB NOT NULL, expires BIGINT NOT NULL, \
                     KEY (expires))";
const INSERT: &str = "INSERT INTO floor (id, data, expires) VALUES (?, ?, ?)";
const SELECT: &str = "SELECT data FROM floor WHERE id = ? AND expires > ?";
const UPDATE: &str = "UPDATE floor SET data = ?, expires = ? WHERE id = ?";

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let builder = MariaDb::builder().config("innodb_flush_log_at_trx_commit=2");
    if let Some(server) = started(builder.config("innodb_buffer_pool_size=512M").start()) {
        round_trips(&mut criterion, &server);
    }
    criterion.final_summary();
}

fn round_trips(criterion: &mut Criterion, server: &MariaDb) {
    server.sql(&format!("{}; {TABLE}", Schema::new("alo_session").unwrap().create_table())).unwrap();
    let runtime = runtime();
    let builder = MysqlStore::builder(&server.url()).connect_timeout(PATIENCE);
    let store = builder.budget(PATIENCE).response_timeout(PATIENCE).build().unwrap();
    let pool = {
        let _inside = runtime.enter();
        pool(&server.url())
    };
    for in_flight in IN_FLIGHT {
        let mut group = group(criterion, format!("mysql, in flight: {in_flight}"));
        for (name, writes) in [("driver: SELECT", false), ("driver: UPDATE", true)] {
            bench(&mut group, &runtime, name, in_flight, async || Floor::start(&pool, writes).await);
        }
        for what in What::ALL {
            bench(&mut group, &runtime, what.name(), in_flight, async || OnStore::start(&store, what).await);
        }
        group.finish();
    }
    runtime.block_on(pool.disconnect()).unwrap();
}

/// Connections that stay open and are not reset in between, so that they keep their prepared statements.
fn pool(url: &str) -> Pool {
    let options = PoolOpts::new()
        .with_constraints(PoolConstraints::new(POOL, POOL).unwrap())
        .with_inactive_connection_ttl(Duration::from_secs(3600))
        .with_reset_connection(false);
    Pool::new(OptsBuilder::from_opts(Opts::from_url(url).unwrap()).pool_opts(options).tcp_nodelay(true))
}

/// The raw calls of the driver for one row, without the checks of a session.
struct Floor {
    pool: Pool,
    writes: bool,
    id: [u8; 16],
    data: [u8; 400],
}

impl Floor {
    async fn start(pool: &Pool, writes: bool) -> Self {
        let id = u128::from(number()).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835).to_be_bytes();
        let mut connection = pool.get_conn().await.unwrap();
        connection.exec_drop(INSERT, (&id[..], &[7; 400][..], deadline())).await.unwrap();
        Self { pool: pool.clone(), writes, id, data: [7; 400] }
    }
}

impl Work for Floor {
    async fn once(&mut self) {
        let mut connection = self.pool.get_conn().await.unwrap();
        if self.writes {
            // Other data each time, because InnoDB does not write a column that stays the same.
            self.data = self.data.map(|byte| byte.wrapping_add(1));
            connection.exec_drop(UPDATE, (&self.data[..], deadline(), &self.id[..])).await.unwrap();
        } else {
            let data: Option<Vec<u8>> = connection.exec_first(SELECT, (&self.id[..], 0)).await.unwrap();
            assert!(data.is_some());
        }
    }
}

/// A different deadline each millisecond, as of a session in use.
fn deadline() -> i64 {
    let deadline = SystemTime::now().duration_since(UNIX_EPOCH).unwrap() + TTL;
    i64::try_from(deadline.as_millis()).unwrap()
}
