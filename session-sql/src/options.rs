use session_net::{Credentials, tls::Tls};

use crate::{Limits, ServerAddress, Sql, Sweeping, Table};

/// Where a store finds its server and its table, and what it does there.
#[derive(Debug)]
pub struct StoreOptions {
    /// Where the server is.
    pub server: ServerAddress,
    /// Asked for at each new connection.
    pub credentials: Credentials,
    /// How to encrypt, if at all.
    pub tls: Option<Tls>,
    /// The table.
    pub table: Table,
    /// The statements on the table.
    pub sql: Sql,
    /// How long to wait, and how many connections there are.
    pub limits: Limits,
    /// What makes the table, if the store is to make a missing one.
    pub create_table: Option<String>,
    /// How to remove expired sessions in the background, if at all.
    pub sweeping: Option<Sweeping>,
}
