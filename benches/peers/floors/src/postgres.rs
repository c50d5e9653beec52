use std::{
    ops::Deref,
    sync::{Arc, Mutex},
};

use axum::{Router, extract::State, http::HeaderMap, response::IntoResponse, routing::get};
use peer_site::Start;
use tokio::sync::{Semaphore, SemaphorePermit};
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

/// A connection that goes back to the pool, also if its request is abandoned.
struct Lease<'a> {
    pool: &'a Pool,
    connection: Option<Connection>,
    _permit: SemaphorePermit<'a>,
}

impl Pool {
    async fn lease(&self) -> Lease<'_> {
        let permit = self.free.acquire().await.unwrap();
        Lease { pool: self, connection: self.connections.lock().unwrap().pop(), _permit: permit }
    }
}

impl Deref for Lease<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection.as_ref().unwrap()
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        self.pool.connections.lock().unwrap().extend(self.connection.take());
    }
}

pub(crate) async fn site(start: &Start) -> Router {
    let mut connections = Vec::new();
    for _ in 0..Start::POOL {
        connections.push(Connection::open(&start.url).await);
    }
    let pool =
        Arc::new(Pool { free: Semaphore::new(connections.len()), connections: Mutex::new(connections) });
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
    let connection = pool.lease().await;
    let row = connection.client.query_one(&connection.select, &[&&id[..], &0_i64]).await.unwrap();
    assert!(!row.get::<_, &[u8]>(0).is_empty());
    "ok"
}

async fn increment(State(pool): State<Arc<Pool>>, headers: HeaderMap) -> &'static str {
    let id = cookie::read(&headers).to_be_bytes();
    let connection = pool.lease().await;
    let row = connection.client.query_one(&connection.select, &[&&id[..], &0_i64]).await.unwrap();
    let data: &[u8] = row.get(0);
    let deadline = fastrand::i64(1..);
    connection.client.execute(&connection.update, &[&data, &deadline, &&id[..]]).await.unwrap();
    "ok"
}

async fn create(State(pool): State<Arc<Pool>>, data: &[u8]) -> impl IntoResponse {
    let id = fastrand::u128(..);
    let connection = pool.lease().await;
    let values = (id.to_be_bytes(), fastrand::i64(1..));
    connection.client.execute(&connection.insert, &[&&values.0[..], &data, &values.1]).await.unwrap();
    (cookie::write(id), "ok")
}
