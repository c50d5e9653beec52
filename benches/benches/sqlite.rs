//! The cost of an operation on a file, through the store and by raw calls of rusqlite with a transaction each.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a bench that cannot prepare its data has nothing to measure, and says so"
)]

#[allow(dead_code, reason = "there is no server")]
mod round_trips;

use std::{
    env, fs,
    path::Path,
    process,
    sync::{Arc, Mutex},
    time::{SystemTime, UNIX_EPOCH},
};

use criterion::Criterion;
use round_trips::{OnStore, PATIENCE, TTL, What, Work, bench, group, number, runtime};
use rusqlite::Connection;
use session_sqlite::{SqliteStore, Synchronous};

/// How many requests are in flight.
const IN_FLIGHT: [usize; 2] = [1, 16];
/// A table as needed by every program that stores sessions and collects expired ones.
const TABLE: &str = "CREATE TABLE floor (id BLOB PRIMARY KEY, data BLOB NOT NULL, expires INTEGER NOT NULL) STRICT; \
                     CREATE INDEX floor_expires ON floor (expires)";
const INSERT: &str = "INSERT INTO floor (id, data, expires) VALUES (?, ?, ?)";
const SELECT: &str = "SELECT data FROM floor WHERE id = ? AND expires > ?";
const UPDATE: &str = "UPDATE floor SET data = ?, expires = ? WHERE id = ?";

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let directory = env::temp_dir().join(format!("session-bench-{}", process::id()));
    for synchronous in [Synchronous::Full, Synchronous::Normal] {
        fs::create_dir_all(&directory).unwrap();
        measure(&mut criterion, &directory, synchronous);
        fs::remove_dir_all(&directory).unwrap();
    }
    criterion.final_summary();
}

fn measure(criterion: &mut Criterion, directory: &Path, synchronous: Synchronous) {
    let word = if synchronous == Synchronous::Full { "full" } else { "normal" };
    let runtime = runtime();
    let url = format!("sqlite:{}", directory.join("sessions.db").display());
    let store = SqliteStore::builder(&url).synchronous(synchronous).budget(PATIENCE).build().unwrap();
    let [reader, writer] = [0, 1].map(|_| Arc::new(Mutex::new(connect(directory, word))));
    writer.lock().unwrap().execute_batch(TABLE).unwrap();
    for in_flight in IN_FLIGHT {
        let mut group = group(criterion, format!("sqlite {word}, in flight: {in_flight}"));
        for (name, connection) in [("driver: SELECT", &reader), ("driver: UPDATE", &writer)] {
            let writes = Arc::ptr_eq(connection, &writer);
            let start = async || Floor::start(&writer, connection, writes);
            bench(&mut group, &runtime, name, in_flight, start);
        }
        for what in What::ALL {
            bench(&mut group, &runtime, what.name(), in_flight, async || OnStore::start(&store, what).await);
        }
        group.finish();
    }
}

/// A connection with the settings of the store.
fn connect(directory: &Path, synchronous: &str) -> Connection {
    let connection = Connection::open(directory.join("floor.db")).unwrap();
    connection.busy_timeout(PATIENCE).unwrap();
    connection.query_row("PRAGMA journal_mode=WAL", [], |_| Ok(())).unwrap();
    connection.pragma_update(None, "synchronous", synchronous).unwrap();
    connection
}

/// The raw calls for one row, on a thread that may wait, without the checks of a session.
struct Floor {
    connection: Arc<Mutex<Connection>>,
    writes: bool,
    id: [u8; 16],
    data: [u8; 400],
}

impl Floor {
    fn start(writer: &Mutex<Connection>, connection: &Arc<Mutex<Connection>>, writes: bool) -> Self {
        let id = u128::from(number()).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835).to_be_bytes();
        writer.lock().unwrap().execute(INSERT, (id, [7; 400], deadline())).unwrap();
        Self { connection: Arc::clone(connection), writes, id, data: [7; 400] }
    }
}

impl Work for Floor {
    async fn once(&mut self) {
        self.data = self.data.map(|byte| byte.wrapping_add(1));
        let (connection, writes, id, data) = (Arc::clone(&self.connection), self.writes, self.id, self.data);
        let blocking = move || {
            let connection = connection.lock().unwrap();
            if writes {
                connection.prepare_cached(UPDATE).unwrap().execute((data, deadline(), id)).unwrap();
            } else {
                let found: Vec<u8> =
                    connection.prepare_cached(SELECT).unwrap().query_row((id, 0), |row| row.get(0)).unwrap();
                assert_eq!(found.len(), 400);
            }
        };
        tokio::task::spawn_blocking(blocking).await.unwrap();
    }
}

/// A different deadline each millisecond, as of a session in use.
fn deadline() -> i64 {
    let deadline = SystemTime::now().duration_since(UNIX_EPOCH).unwrap() + TTL;
    i64::try_from(deadline.as_millis()).unwrap()
}
