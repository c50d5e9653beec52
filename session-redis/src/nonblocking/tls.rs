use std::{io, sync::Arc};

use session_net::tls::{TlsClient, explain};
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, client::TlsStream};

/// Encrypts the stream. The server must prove that it is this host, or what the settings ask for.
pub(super) async fn secure(
    stream: TcpStream,
    host: &str,
    client: &TlsClient,
) -> io::Result<TlsStream<TcpStream>> {
    let name = client.server_name(host).map_err(io::Error::other)?;
    TlsConnector::from(Arc::clone(client.config())).connect(name, stream).await.map_err(explain)
}
