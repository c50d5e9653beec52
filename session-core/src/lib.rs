#![doc = include_str!("../README.md")]
#![warn(clippy::exhaustive_enums, clippy::exhaustive_structs)]

pub mod config;
mod context;
pub mod cookie;
pub mod driver;
mod error;
pub mod exchange;
mod fingerprint;
pub mod id;
mod length;
pub mod observe;
mod record;
pub mod session;
pub mod store;
mod time;
pub mod visit;

pub use config::SessionConfig;
pub use context::Context;
pub use driver::{Sessions, blocking};
pub use error::SessionError;
pub use record::RecordError;
pub use session::{OpenSession, ValueError};
pub use time::Timestamp;
pub use visit::Visit;

/// For the tests, benchmarks and fuzz targets of this workspace. It may change in any release.
#[doc(hidden)]
pub mod internal {
    pub use crate::{
        cookie::read::candidates,
        fingerprint::{Fingerprint, FingerprintMismatch, FingerprintOk, check},
        record::{Live, Record, TokenDigests},
    };

    /// The bytes of the fingerprint that a first write stores.
    pub fn note(current: &Fingerprint, config: &crate::SessionConfig, salt: [u8; 4]) -> Vec<u8> {
        crate::fingerprint::note(None, Some(current), config, salt)
            .map_or_else(Vec::new, |piece| piece.to_vec())
    }
}
