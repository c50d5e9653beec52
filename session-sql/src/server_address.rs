/// Where the server is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerAddress {
    /// A name or an address.
    pub host: String,
    /// The port of TCP.
    pub port: u16,
    /// The path of a socket of the file system, instead of host and port.
    pub socket: Option<String>,
    /// The database of the connections.
    pub database: Option<String>,
}
