//! Sockets of the file system, which only Unix has.

use std::{io, net::TcpStream, path::Path};

#[cfg(feature = "tokio")]
use tokio::io::{AsyncRead, AsyncWrite};

/// Connects to the socket at this path.
///
/// # Errors
/// What the system says.
#[cfg(feature = "tokio")]
pub async fn connect_unix(
    path: &Path,
) -> io::Result<impl AsyncRead + AsyncWrite + Send + Unpin + use<> + 'static> {
    #[cfg(unix)]
    return tokio::net::UnixStream::connect(path).await;
    #[cfg(not(unix))]
    Err::<tokio::net::TcpStream, _>(unsupported(path))
}

/// Connects to the socket at this path. What is done with it is done as with one of TCP.
///
/// # Errors
/// What the system says.
pub fn connect_unix_blocking(path: &Path) -> io::Result<TcpStream> {
    #[cfg(unix)]
    return std::os::unix::net::UnixStream::connect(path)
        .map(|stream| std::os::fd::OwnedFd::from(stream).into());
    #[cfg(not(unix))]
    Err(unsupported(path))
}

#[cfg(not(unix))]
fn unsupported(_: &Path) -> io::Error {
    io::ErrorKind::Unsupported.into()
}
