//! The blocking API.

mod client;
mod socket;

pub(crate) use client::{Connection, ThreadClient};
use session_sql::blocking::{Blocking, SqlStore};

use crate::Postgres;

/// Sessions in PostgreSQL. Operations run on the calling thread, over a pool of connections. Cheap to clone.
///
/// ```no_run
/// use alo_session::postgres::blocking::PostgresStore;
///
/// let store = PostgresStore::connect("postgres://shop:secret@127.0.0.1/shop")?;
/// # Ok::<(), alo_session::postgres::BuildError>(())
/// ```
pub type PostgresStore = SqlStore<Postgres>;

impl Blocking for Postgres {
    type Client = ThreadClient;
}
