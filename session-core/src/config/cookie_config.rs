use serde::Serialize;

use super::{SameSite, cookie_rules, error::Problems};
use crate::id::CookieId;

/// The session cookie: its name and its attributes. `HttpOnly` is always set.
///
/// One exists only inside a valid [`SessionConfig`](super::SessionConfig), so nothing in it can break out of a header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CookieConfig {
    pub(super) name: String,
    pub(super) path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) domain: Option<String>,
    pub(super) secure: bool,
    pub(super) same_site: SameSite,
    pub(super) partitioned: bool,
    pub(super) persistent: bool,
}

impl CookieConfig {
    /// The name, a token of RFC 9110. Matched byte for byte. Default `AloSession`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The `Path` attribute. Default `/`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The `Domain` attribute, which gives the cookie to every host below it. Default none: to this host only.
    #[must_use]
    pub fn domain(&self) -> Option<&str> {
        self.domain.as_deref()
    }

    /// The `Secure` attribute: never sent over plain HTTP. Default true.
    #[must_use]
    pub const fn secure(&self) -> bool {
        self.secure
    }

    /// The `SameSite` attribute. Default [`SameSite::Lax`].
    #[must_use]
    pub const fn same_site(&self) -> SameSite {
        self.same_site
    }

    /// The `Partitioned` attribute: an embedded site has one cookie per embedding site (CHIPS). Default false.
    #[must_use]
    pub const fn partitioned(&self) -> bool {
        self.partitioned
    }

    /// Whether the cookie survives the browser: its `Max-Age` is then the session's lifetime, at most 400 days.
    /// Default false, as NIST SP 800-63B-4, section 5.1, wants it.
    #[must_use]
    pub const fn persistent(&self) -> bool {
        self.persistent
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        cookie_rules::check_name(&self.name, problems);
        cookie_rules::check_path(&self.path, problems);
        if let Some(domain) = &self.domain {
            cookie_rules::check_domain(domain, problems);
        }
        cookie_rules::check_prefix(self, problems);
        problems.require_between(
            self.secure || self.same_site != SameSite::None,
            "cookie.same_site",
            &["cookie.secure"],
            "none needs cookie.secure, or browsers refuse the cookie",
        );
        problems.require_between(
            self.secure || !self.partitioned,
            "cookie.partitioned",
            &["cookie.secure"],
            "needs cookie.secure, or browsers refuse the cookie",
        );
        // RFC 6265bis, section 5.5: what is longer is ignored as a whole.
        problems.require(
            self.name.len() + CookieId::MAX_CHARACTERS <= 4096,
            "cookie.name",
            "and the longest session id must together have at most 4,096 bytes",
        );
    }
}

impl Default for CookieConfig {
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
