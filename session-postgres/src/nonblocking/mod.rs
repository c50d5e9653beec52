//! The asynchronous API.

mod client;

use session_sql::nonblocking::{Asynchronous, SqlStore};

use crate::Postgres;

/// Sessions in PostgreSQL, asynchronously on tokio over a pool of connections. Cheap to clone.
///
/// ```
/// use alo_session::PostgresStore;
///
/// let store = PostgresStore::connect("postgres://shop:secret@127.0.0.1/shop")?; // the server may be down
/// # Ok::<(), alo_session::postgres::BuildError>(())
/// ```
pub type PostgresStore = SqlStore<Postgres>;

impl Asynchronous for Postgres {
    type Client = client::TokioClient;
}

#[cfg(test)]
mod tests {
    #[cfg(unix)]
    #[test]
    fn a_call_is_small_and_its_box_too() {
        session_sqltests::sizes::a_call_is_small_and_its_box_too::<super::Postgres>("postgres://localhost/d");
    }
}
