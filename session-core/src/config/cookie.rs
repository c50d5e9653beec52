use serde::{Deserialize, Serialize};

use super::{ConfigError, SameSite, cookie_rules, error::Problems};

/// The session cookie: its name and its attributes. `HttpOnly` is always set.
///
/// Once [checked](super::Settings::check), nothing in it can break out of a header. A file may have the name alone as
/// a text in place of the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct CookieSettings {
    /// The name, matched byte for byte. A token of RFC 9110, with a prefix like `__Host-` in exact spelling and with
    /// what that prefix demands, or without one. Default `AloSession`. `cookie` (a text) in the original.
    pub name: String,
    /// The `Path` attribute. Begins with `/`, visible ASCII without `;`, `?` and `#`, at most 1,024 bytes. Default `/`.
    pub path: String,
    /// The `Domain` attribute, which gives the cookie to every host below it. A host name with at least one dot, none
    /// at its front. Default `None`: this host only.
    pub domain: Option<String>,
    /// The `Secure` attribute: never sent over plain HTTP. Default true. `secure` (not in a table) in the original.
    pub secure: bool,
    /// The `SameSite` attribute. Default [`SameSite::Lax`].
    pub same_site: SameSite,
    /// The `Partitioned` attribute: an embedded site has one cookie per embedding site (CHIPS). Needs `secure`.
    /// Default false.
    pub partitioned: bool,
    /// Whether the cookie survives the browser: its `Max-Age` is then the session's lifetime, at most 400 days.
    /// Default false, as NIST SP 800-63B-4, section 5.1, wants it.
    #[doc(alias("remember_me", "max_age", "permanent"))]
    pub persistent: bool,
}

impl CookieSettings {
    /// Checks that browsers take a cookie with these attributes. A whole configuration is checked by
    /// [`Settings::check`](super::Settings::check); this is for a cookie that differs from it for one request.
    ///
    /// # Errors
    /// [`ConfigError`] with every invalid field.
    pub fn check(&self) -> Result<(), ConfigError> {
        let mut problems = Problems::default();
        cookie_rules::check(self, &mut problems);
        problems.into_result()
    }
}

impl Default for CookieSettings {
    fn default() -> Self {
        Self {
            name: "AloSession".to_owned(),
            path: "/".to_owned(),
            domain: None,
            secure: true,
            same_site: SameSite::Lax,
            partitioned: false,
            persistent: false,
        }
    }
}
