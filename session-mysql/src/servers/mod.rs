//! Where the server is. No I/O.

mod server_address;

pub(crate) use server_address::ServerAddress;
