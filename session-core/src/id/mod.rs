//! Session ids, and the values derived from them.
//!
//! ```text
//! OS entropy -> Generator -> secret bytes --Algorithm--> SessionId (the cookie's secret)
//! SessionId --SHA-256--> Digest --+
//!                        Family --+--> StoreKey (the only part that a store sees)
//! ```

mod algorithm;
pub(crate) mod base64;
mod cookie_id;
mod digest;
mod entropy;
mod family;
mod generator;
mod session_handle;
mod session_id;
mod store_key;

pub use algorithm::Algorithm;
#[doc(hidden)]
pub use base64::{decode as decode_base64, encode_public as encode_base64};
pub use cookie_id::CookieId;
pub use digest::Digest;
pub use entropy::{Entropy, EntropyError};
pub use family::Family;
pub use generator::Generator;
pub use session_handle::{ParseHandleError, SessionHandle};
pub use session_id::{ParseIdError, SessionId};
pub use store_key::StoreKey;
