//! The blocking API.

mod client;
mod reach;
mod tls;
mod wire;

pub(crate) use client::{Connection, check};
use session_sql::blocking::{Blocking, SqlStore};
pub(crate) use wire::{connect_without_timeouts, error_kind, exchange};

use crate::Mysql;

/// Sessions in MySQL or MariaDB. Operations run on the calling thread, over a pool of connections. Cheap to clone.
///
/// ```no_run
/// use alo_session::mysql::blocking::MysqlStore;
///
/// let store = MysqlStore::connect("mysql://shop:secret@127.0.0.1/shop")?;
/// # Ok::<(), alo_session::mysql::BuildError>(())
/// ```
pub type MysqlStore = SqlStore<Mysql>;

impl Blocking for Mysql {
    type Client = client::ThreadClient;
}
