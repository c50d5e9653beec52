use crate::servers::server_address::Address;

/// How many servers there are, and who says which of them to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Topology {
    Single(Address),
    /// The master of this name, as the sentinels know it.
    Sentinel {
        sentinels: Vec<Address>,
        master: String,
    },
    /// The cluster that these nodes are of.
    Cluster {
        seeds: Vec<Address>,
    },
}
