use std::{
    io,
    net::{SocketAddr, TcpStream},
};

use socket2::{SockRef, TcpKeepalive};

#[cfg(feature = "tokio")]
use crate::reach;
use crate::{
    ConnectError, Limit,
    bounds::{KEEPALIVE_IDLE, KEEPALIVE_INTERVAL, KEEPALIVE_PROBES},
    reach_blocking,
};

/// Connects to the first address of the host that accepts, with `TCP_NODELAY` and keepalive.
///
/// ```
/// use session_net::{Limit, dial};
/// use std::time::Duration;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
/// # let port = server.local_addr()?.port();
/// let limit = Limit::start("connect_timeout", Duration::from_secs(2));
/// let stream = dial("localhost", port, limit).await?;
/// assert!(stream.nodelay()?);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`ConnectError`], which names the server, its addresses and the limit.
#[cfg(feature = "tokio")]
pub async fn dial(host: &str, port: u16, limit: Limit) -> Result<tokio::net::TcpStream, ConnectError> {
    reach(host, port, limit, connect).await
}

/// Connects to the first address of the host that accepts, with `TCP_NODELAY` and keepalive.
///
/// # Errors
/// [`ConnectError`], which names the server, its addresses and the limit.
pub fn dial_blocking(host: &str, port: u16, limit: Limit) -> Result<TcpStream, ConnectError> {
    reach_blocking(host, port, limit, move |address| connect_blocking(address, limit))
}

/// Connects to one address, with `TCP_NODELAY` and keepalive: the first step of a connection in a [race](crate::race()).
///
/// # Errors
/// What the system says.
#[cfg(feature = "tokio")]
pub async fn connect(address: SocketAddr) -> io::Result<tokio::net::TcpStream> {
    let stream = tokio::net::TcpStream::connect(address).await?;
    tune(&SockRef::from(&stream))?;
    Ok(stream)
}

/// Connects to one address, with `TCP_NODELAY` and keepalive: the first step of a connection in a
/// [race](crate::race_blocking()).
///
/// # Errors
/// What the system says, and [`io::ErrorKind::TimedOut`] after the limit.
pub fn connect_blocking(address: SocketAddr, limit: Limit) -> io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&address, limit.timeout())?;
    tune(&SockRef::from(&stream))?;
    Ok(stream)
}

fn tune(socket: &SockRef<'_>) -> io::Result<()> {
    let keepalive = TcpKeepalive::new().with_time(KEEPALIVE_IDLE).with_interval(KEEPALIVE_INTERVAL);
    socket.set_tcp_nodelay(true)?;
    socket.set_tcp_keepalive(&keepalive.with_retries(KEEPALIVE_PROBES))
}
