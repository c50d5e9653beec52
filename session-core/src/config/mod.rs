#![doc = include_str!("guide.md")]

mod checked;
mod codec;
mod cookie;
mod cookie_rules;
mod duration;
mod error;
mod fingerprint;
mod id_header;
mod keys;
mod limits;
mod node;
mod on_reuse;
mod on_unreadable;
mod read;
mod rules;
mod same_site;
mod secret;
mod settings;
#[cfg(test)]
mod tests;

pub use checked::SessionConfig;
pub use codec::Codec;
pub use cookie::CookieSettings;
pub use error::{ConfigError, InvalidField};
pub use fingerprint::{FingerprintProperty, FingerprintSettings, OnMismatch};
pub use limits::Limits;
pub use on_reuse::OnReuse;
pub use on_unreadable::OnUnreadable;
pub use same_site::SameSite;
pub use secret::Secret;
pub use settings::Settings;
