use std::sync::{Arc, Mutex, PoisonError};

use axum::{Router, extract::State, http::HeaderMap, response::IntoResponse, routing::get};
use peer_site::Start;
use tokio::sync::Semaphore;
use tokio_postgres::{Client, NoTls, Statement};

use crate::{FULL, SMALL, cookie};

const SELECT: &str = "SELECT data FROM floor WHERE id = $1 AND expires > $2";
const UPDATE: &str = "UPDATE floor SET data = $1, expires = $2 WHERE id = $3";
const INSERT: &str = "INSERT INTO floor (id, data, expires) VALUES ($1, $2, $3)";

/// Connections that stay open, with their prepared statements. Each request has one for itself, as with the driver of MySQL:
/// on one that they share, a commit would wait for the disk behind those before it.
struct Pool {
    connections: Mutex<Vec<Connection>>,
    free: Semaphore,
}

struct Connection {
    client: Client,
    select: Statement,
    update: Statement,
    insert: Statement,
}

impl Connection {
    async fn open(url: &str) -> Self {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
        tokio::spawn(connection);
        client
            .batch_execute(
                "CREATE TABLE IF NOT EXISTS floor (id bytea PRIMARY KEY, data bytea NOT NULL, expires bigint NOT NULL); \
                 CREATE INDEX IF NOT EXISTS floor_expires ON floor (expires)",
            )
            .await
            .unwrap();
        let select = client.prepare(SELECT).await.unwrap();
        let update = client.prepare(UPDATE).await.unwrap();
        let insert = client.prepare(INSERT).await.unwrap();
        Self { client, select, update, insert }
    }
}

impl Pool {
    async fn with<T>(&self, work: impl AsyncFnOnce(&Connection) -> T) -> T {
        let _permit = self.free.acquire().await.unwrap();
        let connection = self.connections.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap();
        let result = work(&connection).await;
        self.connections.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        result
    }
}

pub(crate) async fn site(start: &Start) -> Router {
    let mut connections = Vec::new();
    for _ in 0..Start::POOL {
        connections.push(Connection::open(&start.url).await);
    }
    let pool = Arc::new(Pool { free: Semaphore::new(connections.len()), connections: Mutex::new(connections) });
    Router::new()
        .route("/untouched", get(async || "ok"))
        .route("/read", get(read))
        .route("/increment", get(increment))
        .route("/new", get(async |pool| create(pool, &SMALL).await))
        .route("/fill", get(async |pool| create(pool, &FULL).await))
        .with_state(pool)
}

async fn read(State(pool): State<Arc<Pool>>, headers: HeaderMap) -> &'static str {
    let id = cookie::read(&headers).to_be_bytes();
    pool.with(async |connection| {
        let row = connection.client.query_one(&connection.select, &[&&id[..], &0_i64]).await.unwrap();
        assert!(!row.get::<_, &[u8]>(0).is_empty());
    })
    .await;
    "ok"
}

async fn increment(State(pool): State<Arc<Pool>>, headers: HeaderMap) -> &'static str {
    let id = cookie::read(&headers).to_be_bytes();
    pool.with(async |connection| {
        let row = connection.client.query_one(&connection.select, &[&&id[..], &0_i64]).await.unwrap();
        let data: &[u8] = row.get(0);
        let deadline = fastrand::i64(1..);
        connection.client.execute(&connection.update, &[&data, &deadline, &&id[..]]).await.unwrap();
    })
    .await;
    "ok"
}

async fn create(State(pool): State<Arc<Pool>>, data: &[u8]) -> impl IntoResponse {
    let id = fastrand::u128(..);
    let values = (id.to_be_bytes(), fastrand::i64(1..));
    pool.with(async |connection| {
        connection.client.execute(&connection.insert, &[&&values.0[..], &data, &values.1]).await.unwrap();
    })
    .await;
    (cookie::write(id), "ok")
}
