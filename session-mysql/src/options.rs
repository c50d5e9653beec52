use session_net::Credentials;
#[cfg(any(feature = "blocking", feature = "tls"))]
use session_net::tls::Tls;

use crate::{Schema, limits::Limits, protocol::Sql, servers::ServerAddress, sweeping::Sweeping};

/// Where a store finds its server and its table, and what it does there.
pub(crate) struct StoreOptions {
    pub(crate) server: ServerAddress,
    pub(crate) credentials: Credentials,
    #[cfg(any(feature = "blocking", feature = "tls"))]
    pub(crate) tls: Option<Tls>,
    /// What `tls` names, read once.
    #[cfg(feature = "tls")]
    pub(crate) tls_files: TlsFiles,
    pub(crate) schema: Schema,
    pub(crate) sql: Sql,
    pub(crate) limits: Limits,
    pub(crate) create_table: bool,
    pub(crate) sweeping: Option<Sweeping>,
}

/// The authorities as DER, and this side's certificate and key as PEM.
#[cfg(feature = "tls")]
#[derive(Default)]
pub(crate) struct TlsFiles {
    pub(crate) authorities: Vec<Vec<u8>>,
    pub(crate) identity: Option<(Vec<u8>, Vec<u8>)>,
}
