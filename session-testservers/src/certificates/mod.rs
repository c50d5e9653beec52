//! Certificates of every kind that servers have, made with openssl. They are valid for two days.
//!
//! ```no_run
//! use session_testservers::certificates::{Authority, Leaf};
//!
//! let directory = std::env::temp_dir();
//! let authority = Authority::make(&directory, "root")?;
//! let server = authority.issue("server", &Leaf::server("DNS:redis.test"))?;
//! assert!(server.key.exists());
//! # Ok::<(), session_testservers::ServerError>(())
//! ```

mod authority;
mod leaf;
mod openssl;

use std::path::{Path, PathBuf};

pub use authority::{Authority, self_signed};
pub use leaf::Leaf;

use crate::ServerError;

/// A certificate, with those of the authorities in between after it, and its key. Both are PEM files.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Identity {
    /// The certificates.
    pub certificate: PathBuf,
    /// The key, as PKCS#8.
    pub key: PathBuf,
}

/// What a server with TLS has.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ServerTls {
    /// What it shows.
    pub identity: Identity,
    /// The authority of its clients, and what they must trust.
    pub authority: PathBuf,
    /// Whether a client must show a certificate.
    pub wants_client_certificate: bool,
}

impl Identity {
    /// Writes the key in the traditional form of its kind, PKCS#1 or SEC1, into a new file.
    ///
    /// # Errors
    /// When openssl cannot.
    pub fn traditional_key(&self) -> Result<PathBuf, ServerError> {
        let directory = self.key.parent().unwrap_or(Path::new("."));
        let traditional = self.key.with_extension("traditional.key");
        let (from, to) = (self.key.to_string_lossy(), traditional.to_string_lossy());
        openssl::Openssl::find(directory, "redis")?.run(&[
            "pkey",
            "-traditional",
            "-in",
            &from,
            "-out",
            &to,
        ])?;
        Ok(traditional)
    }
}

impl ServerTls {
    /// A server with this identity that asks no client for a certificate.
    #[must_use]
    pub fn new(identity: Identity, authority: impl Into<PathBuf>) -> Self {
        Self { identity, authority: authority.into(), wants_client_certificate: false }
    }

    /// Lets the server demand a certificate of this authority from every client.
    #[must_use]
    pub const fn want_client_certificate(mut self) -> Self {
        self.wants_client_certificate = true;
        self
    }

    /// A certificate for `127.0.0.1` and `localhost` from a new authority.
    pub(crate) fn make(directory: &Path, kind: &'static str) -> Result<Self, ServerError> {
        let authority = Authority::make_for(directory, "ca", kind)?;
        let identity = authority.issue("server", &Leaf::server("IP:127.0.0.1,DNS:localhost"))?;
        Ok(Self::new(identity, authority.certificate()))
    }
}
