use tokio::io::{AsyncRead, AsyncWrite};
#[cfg(feature = "tls-blocking")]
use {
    session_net::tls::{TlsClient, explain},
    std::{io, sync::Arc},
    tokio::io::{AsyncReadExt as _, AsyncWriteExt as _},
    tokio_rustls::TlsConnector,
};

/// The two directions of a connection.
pub(crate) trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

pub(crate) type Stream = Box<dyn Duplex>;

/// What a client says that wants TLS, before anything else.
#[cfg(feature = "tls-blocking")]
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// Encrypts the stream, or fails: a server that offers no TLS is not spoken to. Exactly one byte is read before the handshake,
/// so nobody can smuggle in what would be taken for the server's words afterwards.
#[cfg(feature = "tls-blocking")]
pub(super) async fn encrypt(mut stream: Stream, tls: &TlsClient, host: &str) -> io::Result<Stream> {
    let name = tls.server_name(host).map_err(io::Error::other)?;
    stream.write_all(&SSL_REQUEST).await?;
    stream.flush().await?;
    if stream.read_u8().await? != b'S' {
        return Err(io::Error::other("the server offers no encryption: its setting `ssl` must be `on`"));
    }
    let stream = TlsConnector::from(Arc::clone(tls.config())).connect(name, stream).await.map_err(explain)?;
    Ok(Box::new(stream))
}
