//! TLS: which certificates a server may have, and which one this side shows. The feature `tls` makes a client of it, with
//! rustls.
//!
//! ```
//! use session_net::tls::Tls;
//!
//! let tls = Tls::new().verify_as("db.example");
//! # #[cfg(feature = "tls")]
//! let client = tls.build()?;
//! # Ok::<(), session_net::tls::TlsError>(())
//! ```

#[cfg(feature = "tls")]
mod client;
mod error;
#[cfg(feature = "tls")]
mod explain;
#[cfg(feature = "tls")]
mod identity;
mod pem;
#[cfg(feature = "tls")]
mod roots;
mod settings;
mod trust;
mod url_parts;
#[cfg(feature = "tls")]
mod verifier;

#[cfg(feature = "tls")]
pub use client::{TlsClient, TlsStream};
pub use error::TlsError;
#[cfg(feature = "tls")]
pub use explain::{explain, is_certificate_refused, is_handshake_failure};
pub use pem::Pem;
pub use settings::Tls;
pub use trust::{Authorities, Verification};
pub use url_parts::UrlParts;
