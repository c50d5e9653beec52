/// A setting of TLS that cannot work. The text names the file and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// The certificates of the authorities cannot be used.
    #[error("the authorities in {origin} cannot be used: {reason}")]
    Authorities {
        /// The file.
        origin: String,
        /// What is wrong.
        reason: String,
    },
    /// The system has no certificates of authorities.
    #[error("the authorities of the system cannot be used: {reason}")]
    System {
        /// What is wrong.
        reason: String,
    },
    /// The certificate of this client cannot be used.
    #[error("the client certificate in {origin} cannot be used: {reason}")]
    Certificate {
        /// The file.
        origin: String,
        /// What is wrong.
        reason: String,
    },
    /// The key of the client certificate cannot be used.
    #[error("the key in {origin} cannot be used: {reason}")]
    Key {
        /// The file.
        origin: String,
        /// What is wrong.
        reason: String,
    },
    /// A server cannot have this name.
    #[error("`{name}` is neither a host name nor an address, so no certificate can have it")]
    ServerName {
        /// The name.
        name: String,
    },
    /// Settings that contradict each other.
    #[error("{reason}")]
    Contradiction {
        /// Which, and what to do.
        reason: &'static str,
    },
    /// The process's cryptography cannot be used.
    #[error("the crypto provider of the process cannot be used: {reason}")]
    Provider {
        /// What rustls says.
        reason: String,
    },
}
