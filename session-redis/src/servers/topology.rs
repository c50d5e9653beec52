use super::ServerAddress;

/// How many servers there are, and which of them know where to send a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Topology {
    Single(ServerAddress),
    /// The sentinels know the master of this name.
    Sentinel {
        sentinels: Vec<ServerAddress>,
        master: String,
    },
    /// Every node knows the cluster; these are the ones to begin with.
    Cluster {
        seeds: Vec<ServerAddress>,
    },
}
