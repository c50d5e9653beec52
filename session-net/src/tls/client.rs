use std::{fmt, io, sync::Arc};

use rustls::{
    ClientConfig, ClientConnection, StreamOwned,
    crypto::{CryptoProvider, ring},
    pki_types::ServerName,
};

use super::{Authorities, Tls, TlsError, Verification, explain, identity::with_identity, verifier::Verifier};
use crate::{Limit, TimedStream};

/// An encrypted stream for blocking reads and writes.
pub type TlsStream = StreamOwned<ClientConnection, TimedStream>;

/// The client side of TLS, ready for any number of connections. Clones share their sessions, so that a further connection to
/// the same server takes less time.
#[derive(Clone)]
pub struct TlsClient {
    config: Arc<ClientConfig>,
    server_name: Option<ServerName<'static>>,
}

impl Tls {
    /// Reads the files and checks that everything fits. It never connects.
    ///
    /// The cryptography is that of the process if it has chosen one ([`CryptoProvider::get_default`]), else ring. Nothing is
    /// installed for the process.
    ///
    /// # Errors
    /// [`TlsError`], which names what cannot work.
    pub fn build(&self) -> Result<TlsClient, TlsError> {
        let is_own = matches!(self.trusted(), Authorities::Own(_));
        if self.verification() == Verification::AnyName && !is_own {
            return Err(TlsError::Contradiction {
                reason: "the public authorities issue certificates to everybody, so one with any name from them \
                         proves nothing; name the authority of the server",
            });
        }
        let provider = CryptoProvider::get_default().cloned();
        let provider = provider.unwrap_or_else(|| Arc::new(ring::default_provider()));
        let invalid = |error: rustls::Error| TlsError::Provider { reason: error.to_string() };
        let identity = self.identity.as_ref().map(|identity| identity.load(&provider)).transpose()?;
        let verifier = Verifier::new(self.trusted().load()?, self.verification(), &provider);
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config =
            config.map_err(invalid)?.dangerous().with_custom_certificate_verifier(Arc::new(verifier));
        let name = self.name().map(parse_name).transpose()?;
        Ok(TlsClient { config: Arc::new(with_identity(config, identity)), server_name: name })
    }
}

impl TlsClient {
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

    /// Encrypts the stream, whose deadline is that of the limit.
    ///
    /// # Errors
    /// What [`explain`] makes of the error; after the limit, [`io::ErrorKind::TimedOut`].
    pub fn handshake(&self, mut stream: TimedStream, host: &str, limit: Limit) -> io::Result<TlsStream> {
        let name = self.server_name(host).map_err(io::Error::other)?;
        let connection = ClientConnection::new(Arc::clone(&self.config), name);
        let mut connection = connection.map_err(io::Error::other)?;
        while connection.is_handshaking() {
            connection.complete_io(&mut stream).map_err(|error| match error.kind() {
                io::ErrorKind::TimedOut => io::Error::new(error.kind(), format!("no reply within {limit}")),
                _ => explain(error),
            })?;
        }
        Ok(StreamOwned::new(connection, stream))
    }
}

/// Never shows the key.
impl fmt::Debug for TlsClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsClient").field("server_name", &self.server_name).finish_non_exhaustive()
    }
}

/// Reads a host name, or an address with or without brackets.
fn parse_name(name: &str) -> Result<ServerName<'static>, TlsError> {
    let inside = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(name);
    let name = || name.to_owned();
    ServerName::try_from(inside.to_owned()).map_err(|_| TlsError::ServerName { name: name() })
}
