use std::sync::{Arc, Mutex};

use axum::{Router, extract::State, http::HeaderMap, response::IntoResponse, routing::get};
use peer_site::Start;
use rusqlite::Connection;
use tokio::task::spawn_blocking;

use crate::{FULL, SMALL, cookie};

/// A table as needed by every program that stores sessions and collects expired ones.
const TABLE: &str = "CREATE TABLE floor (id BLOB PRIMARY KEY, data BLOB NOT NULL, expires INTEGER NOT NULL) STRICT; \
                     CREATE INDEX floor_expires ON floor (expires)";
const SELECT: &str = "SELECT data FROM floor WHERE id = ? AND expires > ?";
const UPDATE: &str = "UPDATE floor SET data = ?, expires = ? WHERE id = ?";
const INSERT: &str = "INSERT INTO floor (id, data, expires) VALUES (?, ?, ?)";

/// One connection that reads and one that writes, which keep their prepared statements, on the threads of the runtime that
/// may wait.
#[derive(Clone)]
struct File {
    reader: Arc<Mutex<Connection>>,
    writer: Arc<Mutex<Connection>>,
}

pub(crate) fn site(start: &Start) -> Router {
    let [reader, writer] = [0, 1].map(|_| Arc::new(Mutex::new(connect(&start.url))));
    writer.lock().unwrap().execute_batch(TABLE).unwrap();
    Router::new()
        .route("/untouched", get(async || "ok"))
        .route("/read", get(read))
        .route("/increment", get(increment))
        .route("/new", get(async |file| create(file, &SMALL).await))
        .route("/fill", get(async |file| create(file, &FULL).await))
        .with_state(File { reader, writer })
}

/// With a write-ahead log, and every commit on the disk before it is answered.
fn connect(url: &str) -> Connection {
    let connection = Connection::open(url.strip_prefix("sqlite:").unwrap()).unwrap();
    connection.query_row("PRAGMA journal_mode=WAL", [], |_| Ok(())).unwrap();
    connection.pragma_update(None, "synchronous", "full").unwrap();
    connection
}

async fn read(State(file): State<File>, headers: HeaderMap) -> &'static str {
    assert!(!file.load(cookie::read(&headers)).await.is_empty());
    "ok"
}

/// The handler runs between the two, so they are not one closure.
async fn increment(State(file): State<File>, headers: HeaderMap) -> &'static str {
    let id = cookie::read(&headers);
    let data = file.load(id).await;
    file.write(move |connection| {
        let mut update = connection.prepare_cached(UPDATE).unwrap();
        update.execute((data, fastrand::i64(1..), id.to_be_bytes())).unwrap();
    })
    .await;
    "ok"
}

async fn create(State(file): State<File>, data: &'static [u8]) -> impl IntoResponse {
    let id = fastrand::u128(..);
    file.write(move |connection| {
        let mut insert = connection.prepare_cached(INSERT).unwrap();
        insert.execute((id.to_be_bytes(), data, fastrand::i64(1..))).unwrap();
    })
    .await;
    (cookie::write(id), "ok")
}

impl File {
    async fn load(&self, id: u128) -> Vec<u8> {
        let select = move |connection: &Connection| {
            connection
                .prepare_cached(SELECT)
                .unwrap()
                .query_row((id.to_be_bytes(), 0), |row| row.get(0))
                .unwrap()
        };
        let reader = Arc::clone(&self.reader);
        spawn_blocking(move || select(&reader.lock().unwrap())).await.unwrap()
    }

    async fn write(&self, change: impl FnOnce(&Connection) + Send + 'static) {
        let writer = Arc::clone(&self.writer);
        spawn_blocking(move || change(&writer.lock().unwrap())).await.unwrap();
    }
}
