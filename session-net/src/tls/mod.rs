//! TLS with rustls: which certificates a server may have, and which one this side shows.
//!
//! ```
//! use session_net::tls::Tls;
//!
//! let client = Tls::new().build()?;
//! let name = client.server_name("db.example")?;
//! # let _ = name;
//! # Ok::<(), session_net::tls::TlsError>(())
//! ```

mod client;
mod error;
mod explain;
mod identity;
mod pem;
mod roots;
mod settings;
mod timed;
mod verifier;

pub use client::TlsClient;
pub use error::TlsError;
pub use explain::{explain, is_certificate_refused, is_handshake_failure};
pub use pem::Pem;
pub use settings::Tls;
