use serde::{Deserialize, Serialize};

/// Which requests from other sites carry the cookie: the `SameSite` attribute of RFC 6265bis, section 5.6.7.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "RFC 6265bis has these three values")]
pub enum SameSite {
    /// Only navigations of the whole page with a safe method: the user follows a link, for example.
    #[default]
    #[serde(alias = "Lax")]
    Lax,
    /// No request from another site: a user who follows a link from there arrives signed out.
    #[serde(alias = "Strict")]
    Strict,
    /// Every request from another site. Needs `secure`; forged requests are then refused by a check of the origin or
    /// by CSRF tokens alone.
    #[serde(alias = "None")]
    None,
}
