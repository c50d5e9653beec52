//! Where it goes: the servers that a URL names, and as whom. No I/O.

pub(crate) mod login;
pub(crate) mod server_address;
pub(crate) mod topology;
