use std::{error::Error, net::SocketAddr};

use crate::{ConnectError, Limit, race_blocking, resolve_blocking};
#[cfg(feature = "tokio")]
use crate::{race, resolve};

/// Resolves the host, and [races](crate::race()) for a complete connection to one of its addresses.
///
/// # Errors
/// [`ConnectError`]
#[cfg(feature = "tokio")]
pub async fn reach<T, E: Error + 'static, F: Future<Output = Result<T, E>>>(
    host: &str,
    port: u16,
    limit: Limit,
    connect: impl Fn(SocketAddr) -> F,
) -> Result<T, ConnectError<E>> {
    let addresses = resolve(host, port, limit).await.map_err(ConnectError::Resolve)?;
    let connected = race(&addresses, limit, connect).await;
    connected.map_err(|source| ConnectError::Race { host: host.to_owned(), port, source })
}

/// Resolves the host, and [races](race_blocking) for a complete connection to one of its addresses. An attempt must keep the
/// limit itself.
///
/// # Errors
/// [`ConnectError`]
pub fn reach_blocking<T: Send + 'static, E: Error + Send + 'static>(
    host: &str,
    port: u16,
    limit: Limit,
    connect: impl Fn(SocketAddr) -> Result<T, E> + Send + Sync + 'static,
) -> Result<T, ConnectError<E>> {
    let addresses = resolve_blocking(host, port, limit).map_err(ConnectError::Resolve)?;
    let connected = race_blocking(&addresses, limit, connect);
    connected.map_err(|source| ConnectError::Race { host: host.to_owned(), port, source })
}
