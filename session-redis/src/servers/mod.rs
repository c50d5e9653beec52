//! Where it goes: the servers that a URL names. No I/O.

mod endpoint;
mod server_address;
mod topology;

pub(crate) use endpoint::Endpoint;
pub(crate) use server_address::ServerAddress;
pub(crate) use topology::Topology;
