use serde::{Deserialize, Serialize};

/// Which requests from other sites carry the cookie: the `SameSite` attribute of RFC 6265bis, section 5.6.7.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SameSite {
    /// Only when the user follows a link or types an address.
    #[default]
    #[serde(alias = "Lax")]
    Lax,
    /// None: who follows a link from another site arrives signed out.
    #[serde(alias = "Strict")]
    Strict,
    /// All of them; needs `Secure`, and CSRF tokens are then the only defence.
    #[serde(alias = "None")]
    None,
}

impl SameSite {
    /// The attribute's value in a `Set-Cookie` header.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Lax => "Lax",
            Self::Strict => "Strict",
            Self::None => "None",
        }
    }
}
