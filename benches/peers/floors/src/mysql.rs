use std::time::Duration;

use axum::{Router, extract::State, http::HeaderMap, response::IntoResponse, routing::get};
use mysql_async::{Opts, OptsBuilder, Pool, PoolConstraints, PoolOpts, prelude::Queryable as _};
use peer_site::Start;

use crate::{FULL, SMALL, cookie};

const SELECT: &str = "SELECT data FROM floor WHERE id = ? AND expires > ?";
const UPDATE: &str = "UPDATE floor SET data = ?, expires = ? WHERE id = ?";
const INSERT: &str = "INSERT INTO floor (id, data, expires) VALUES (?, ?, ?)";

/// Connections that stay open and are not reset in between, so that they keep their prepared statements.
pub(crate) async fn site(start: &Start) -> Router {
    let size = Start::POOL as usize;
    let pool = PoolOpts::new()
        .with_constraints(PoolConstraints::new(size, size).unwrap())
        .with_inactive_connection_ttl(Duration::from_secs(3600))
        .with_reset_connection(false);
    // Over TCP like everybody else: left to itself, the driver asks a server on this machine for its socket.
    let opts = Opts::from_url(&start.url).unwrap();
    let opts = OptsBuilder::from_opts(opts).pool_opts(pool).tcp_nodelay(true).prefer_socket(false);
    let pool = Pool::new(opts);
    let table = "CREATE TABLE floor (id BINARY(16) PRIMARY KEY, data MEDIUMBLOB NOT NULL, expires BIGINT NOT NULL, \
                 KEY (expires))";
    pool.get_conn().await.unwrap().query_drop(table).await.unwrap();
    Router::new()
        .route("/untouched", get(async || "ok"))
        .route("/read", get(read))
        .route("/increment", get(increment))
        .route("/new", get(async |pool| create(pool, &SMALL).await))
        .route("/fill", get(async |pool| create(pool, &FULL).await))
        .with_state(pool)
}

async fn read(State(pool): State<Pool>, headers: HeaderMap) -> &'static str {
    let id = cookie::read(&headers).to_be_bytes();
    let mut connection = pool.get_conn().await.unwrap();
    let data: Option<Vec<u8>> = connection.exec_first(SELECT, (&id[..], 0)).await.unwrap();
    assert!(data.is_some());
    "ok"
}

async fn increment(State(pool): State<Pool>, headers: HeaderMap) -> &'static str {
    let id = cookie::read(&headers).to_be_bytes();
    let mut connection = pool.get_conn().await.unwrap();
    let data: Option<Vec<u8>> = connection.exec_first(SELECT, (&id[..], 0)).await.unwrap();
    // Another deadline each time: an equal row would not be written.
    connection.exec_drop(UPDATE, (data.unwrap(), fastrand::i64(1..), &id[..])).await.unwrap();
    "ok"
}

async fn create(State(pool): State<Pool>, data: &[u8]) -> impl IntoResponse {
    let id = fastrand::u128(..);
    let mut connection = pool.get_conn().await.unwrap();
    connection.exec_drop(INSERT, (&id.to_be_bytes()[..], data, fastrand::i64(1..))).await.unwrap();
    (cookie::write(id), "ok")
}
