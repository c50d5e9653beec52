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
    /// What else the URL says and only the client of this database knows: names and values.
    pub parameters: Vec<(&'static str, String)>,
}

impl ServerAddress {
    /// Returns the value of one of the other parameters.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(other, _)| *other == name).map(|(_, value)| &**value)
    }
}
