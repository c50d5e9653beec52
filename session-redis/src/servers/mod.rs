//! Where it goes: the servers that a URL names. No I/O.

mod endpoint;
mod life;
mod server_address;
mod topology;
mod trials;

pub(crate) use endpoint::Endpoint;
pub(crate) use life::{Life, is_idle_for_too_long};
pub(crate) use server_address::ServerAddress;
pub(crate) use topology::Topology;
pub(crate) use trials::Trials;
