use std::{fmt, io, net::TcpStream, sync::Arc};

use rustls::{ClientConfig, ClientConnection, StreamOwned, pki_types::ServerName};

use super::{TlsError, explain, settings::parse_name, timed::Timed};
use crate::Limit;

/// The client side of TLS, ready for any number of connections. Clones share their sessions, so that a further connection to
/// the same server takes less time.
#[derive(Clone)]
pub struct TlsClient {
    config: Arc<ClientConfig>,
    server_name: Option<ServerName<'static>>,
}

impl TlsClient {
    pub(super) fn new(config: ClientConfig, server_name: Option<ServerName<'static>>) -> Self {
        Self { config: Arc::new(config), server_name }
    }

    /// The configuration for rustls, for instance for `tokio_rustls::TlsConnector`.
    #[must_use]
    pub const fn config(&self) -> &Arc<ClientConfig> {
        &self.config
    }

    /// The name that the certificate of this host must have: that of the settings, else the host.
    ///
    /// # Errors
    /// [`TlsError::ServerName`] if no certificate can have this name.
    pub fn server_name(&self, host: &str) -> Result<ServerName<'static>, TlsError> {
        self.server_name.clone().map_or_else(|| parse_name(host), Ok)
    }

    /// Encrypts the stream. The whole handshake ends at the limit.
    ///
    /// # Errors
    /// What [`explain`] makes of the error.
    pub fn handshake(
        &self,
        stream: TcpStream,
        host: &str,
        limit: Limit,
    ) -> io::Result<StreamOwned<ClientConnection, TcpStream>> {
        let name = self.server_name(host).map_err(io::Error::other)?;
        let connection = ClientConnection::new(Arc::clone(&self.config), name);
        let mut connection = connection.map_err(io::Error::other)?;
        while connection.is_handshaking() {
            connection.complete_io(&mut Timed { stream: &stream, limit }).map_err(explain)?;
        }
        stream.set_read_timeout(None)?;
        stream.set_write_timeout(None)?;
        Ok(StreamOwned::new(connection, stream))
    }
}

/// Never shows the key.
impl fmt::Debug for TlsClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsClient").field("server_name", &self.server_name).finish_non_exhaustive()
    }
}
