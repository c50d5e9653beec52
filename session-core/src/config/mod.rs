//! The settings of a session: immutable, and valid once they exist.
//!
//! ```text
//! SessionConfigBuilder --build()---+
//! a configuration file --serde-----+--> every rule checked --> SessionConfig | ConfigError (all invalid fields)
//! ```
//!
//! | setting | default | name in the original |
//! |---|---|---|
//! | `idle` | 5 minutes | `timeout` |
//! | `absolute` | 12 hours | |
//! | `touch_after` | a tenth of `idle` | |
//! | `rotate_after` | never | |
//! | `grace` | 10 seconds | |
//! | `on_reuse` | `report` | |
//! | `algorithm` | `sha512` | `sessionAlgo` |
//! | `codec` | `message_pack` | |
//! | `limits.max_bytes`, `.max_keys`, `.max_key_bytes` | 1 MiB, 1024, 255 | |
//! | `secret` | none | |
//! | `cookie.name` | `AloSession` | `cookie` (a text) |
//! | `cookie.path`, `.domain` | `/`, none | |
//! | `cookie.secure` | true | `secure` |
//! | `cookie.same_site` | `lax` | |
//! | `cookie.partitioned`, `.persistent` | false | |
//! | `fingerprint.properties` | user agent, accept-language, DNT | |
//! | `fingerprint.on_mismatch` | `destroy` | |
//! | `fingerprint_key` | `_fp_` | `fingerprint` (a text) |
//! | `token_key` | `_tk_` | `tokenKey` |
//! | `flash_key` | `_fl_` | |
//! | `prefix` | `_alo_sess_` | `prefix` |
//! | `table` | `alo_session` | `table` |
//! | `gc` | 100 | `gc` |
//! | `save_cli` | false | `saveCLI` |
//! | `conflict_retries` | 32 | |
//! | `cap.max`, `.on_full` | none, `evict_oldest` | |
//!
//! What others recommend for the lifetimes, to choose by:
//!
//! | | idle | absolute |
//! |---|---|---|
//! | OWASP session management cheat sheet, high value | 2 to 5 minutes | 4 to 8 hours |
//! | the same, low risk | 15 to 30 minutes | 4 to 8 hours |
//! | NIST SP 800-63B-4, AAL1 | – | up to 30 days |
//! | AAL2 | up to 1 hour | up to 24 hours |
//! | AAL3 | up to 15 minutes | up to 12 hours |
//! | [`SessionConfig::default`] | 5 minutes | 12 hours |
//! | [`SessionConfig::hardened`] | 15 minutes | 12 hours |
//!
//! A session may be [remembered](crate::Session::remember) for longer.
//!
//! In a file a duration is a number of whole seconds or a text with one unit: `"1500ms"`, `"300s"`, `"5m"`,
//! `"12h"`, `"30d"`. The original's names are read too, a field that nobody knows is an error, and the file's format
//! has to say what its values are, as TOML, JSON and YAML do.
//!
//! ```
//! use session_core::config::SessionConfig;
//!
//! let error = serde_json::from_str::<SessionConfig>(r#"{ "idle": "5 minutes", "cookie": { "path": "shop" } }"#);
//! let message = error.unwrap_err().to_string();
//! assert!(message.contains("idle") && message.contains("cookie.path"));
//! ```

mod builder;
mod codec;
mod cookie_config;
mod cookie_rules;
mod duration;
mod error;
mod fingerprint_config;
mod form;
mod limits;
mod on_reuse;
mod raw;
mod reader;
mod rules;
mod same_site;
mod secret;
mod session_config;
mod settings;
#[cfg(test)]
mod tests;

pub use builder::SessionConfigBuilder;
pub use codec::Codec;
pub use cookie_config::CookieConfig;
pub use error::{ConfigError, InvalidField};
pub use fingerprint_config::{FingerprintConfig, FingerprintProperty, OnMismatch};
pub use limits::Limits;
pub use on_reuse::OnReuse;
pub use same_site::SameSite;
pub use session_config::SessionConfig;
