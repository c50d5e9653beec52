use super::{ServerAddress, Topology};

/// Which servers a URL means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoint {
    pub(crate) topology: Topology,
    pub(crate) database: u32,
}

impl Endpoint {
    /// Whether the URL names this address itself, so that no server has announced it.
    pub(crate) fn names(&self, address: &ServerAddress) -> bool {
        match &self.topology {
            Topology::Single(server) => server == address,
            Topology::Sentinel { sentinels: servers, .. } | Topology::Cluster { seeds: servers } => {
                servers.contains(address)
            }
        }
    }
}
