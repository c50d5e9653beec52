use std::{fmt, net::IpAddr, sync::Arc};

use crate::servers::ServerAddress;

/// A server that the URL names, or that a sentinel or a node of the cluster has named. `Display` shows its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server(pub(super) Arc<ServerAddress>);

impl Server {
    /// Returns whether only this machine can reach the server by its address.
    #[must_use]
    pub fn is_local(&self) -> bool {
        match &*self.0 {
            ServerAddress::Socket(_) => true,
            ServerAddress::Tcp { host, .. } => {
                host == "localhost" || host.parse().is_ok_and(|address: IpAddr| address.is_loopback())
            }
        }
    }

    /// Returns whether a node names the server by this host and port.
    #[must_use]
    pub fn is_at(&self, host: &str, port: u16) -> bool {
        matches!(&*self.0, ServerAddress::Tcp { host: own, port: number } if own == host && *number == port)
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
