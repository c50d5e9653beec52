//! Where the server is. No I/O.

pub(crate) mod server_address;
