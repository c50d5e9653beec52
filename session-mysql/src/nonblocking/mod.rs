//! The asynchronous API.

mod client;
#[cfg(feature = "tls")]
mod tls;
mod wire;

use session_sql::nonblocking::{Asynchronous, SqlStore};

use crate::Mysql;

/// Sessions in MySQL or MariaDB, asynchronously on tokio over a pool of connections. Cheap to clone.
///
/// ```
/// use alo_session::MysqlStore;
///
/// let store = MysqlStore::connect("mysql://shop:secret@127.0.0.1/shop")?; // the server may be down
/// # Ok::<(), alo_session::mysql::BuildError>(())
/// ```
pub type MysqlStore = SqlStore<Mysql>;

impl Asynchronous for Mysql {
    type Client = client::TokioClient;
}

#[cfg(test)]
mod tests {
    #[cfg(unix)]
    #[test]
    fn a_call_is_small_and_its_box_too() {
        session_sqltests::sizes::a_call_is_small_and_its_box_too::<super::Mysql>("mysql://localhost/d");
    }
}
