//! Where the server is.

pub(crate) mod server_address;
