//! The settings of a session: checked once, immutable afterwards.
//!
//! ```text
//! Settings ---------- check ----------+
//! a configuration file ---- serde ----+--> every rule checked --> SessionConfig | ConfigError (all invalid fields)
//! environment variables - from_vars --+
//! ```
//!
//! [`Settings`] documents every setting. What others recommend for the lifetimes, to choose by:
//!
//! | | idle | absolute |
//! |---|---|---|
//! | OWASP session management cheat sheet, high value | 2 to 5 minutes | 4 to 8 hours |
//! | OWASP session management cheat sheet, low risk | 15 to 30 minutes | 4 to 8 hours |
//! | NIST SP 800-63B-4, AAL1 | – | up to 30 days |
//! | NIST SP 800-63B-4, AAL2 | up to 1 hour | up to 24 hours |
//! | NIST SP 800-63B-4, AAL3 | up to 15 minutes | up to 12 hours |
//! | [`SessionConfig::default`] | 5 minutes | 12 hours |
//! | [`SessionConfig::hardened`] | 5 minutes | 8 hours |
//!
//! A session may be [remembered](crate::Session::remember) for longer.
//!
//! A file has the settings under the names of the fields, `limits`, `cookie` and `fingerprint` as tables, and those of
//! the PHP original under its names too. `preset` (`"default"` or `"hardened"`) says what is left out. A duration is a
//! number of whole seconds or a text with one unit: `"1500ms"`, `"300s"`, `"5m"`, `"12h"`, `"30d"`. An unknown name is
//! an error. The file's format must tell what type a value has, as TOML, JSON and YAML do.
//!
//! ```
//! use session_core::config::SessionConfig;
//!
//! let config: SessionConfig = serde_json::from_str(r#"{ "preset": "hardened", "timeout": 120, "table": "shop.sessions" }"#)?;
//!
//! let error = serde_json::from_str::<SessionConfig>(r#"{ "idle": "5 minutes", "cookie": { "path": "shop" } }"#);
//! let message = error.unwrap_err().to_string();
//! assert!(message.contains("idle") && message.contains("cookie.path"));
//! # Ok::<(), serde_json::Error>(())
//! ```

mod codec;
mod cookie;
mod cookie_rules;
mod duration;
mod error;
mod fingerprint;
mod limits;
mod on_reuse;
mod read;
mod rules;
mod same_site;
mod secret;
mod session_config;
mod settings;
#[cfg(test)]
mod tests;

pub use codec::Codec;
pub use cookie::CookieSettings;
pub use error::{ConfigError, InvalidField};
pub use fingerprint::{FingerprintProperty, FingerprintSettings, OnMismatch};
pub use limits::Limits;
pub use on_reuse::OnReuse;
pub use same_site::SameSite;
pub use secret::Secret;
pub use session_config::SessionConfig;
pub use settings::Settings;
