use std::{fmt, time::Duration};

use zeroize::Zeroizing;

use crate::{config::CookieConfig, id::CookieId};

// RFC 6265bis, section 5.5: browsers cut a longer life down to this.
const MAX_AGE: Duration = Duration::from_secs(400 * 86_400);

/// What a response does to the browser's session cookie.
#[derive(Clone, PartialEq, Eq, Default)]
pub enum SetCookie {
    /// The browser keeps what it has.
    #[default]
    Keep,
    /// The browser gets this id.
    Set {
        /// The id.
        id: CookieId,
        /// How long the cookie survives, rounded up to a second and cut to 400 days; `None` until the browser closes.
        max_age: Option<Duration>,
    },
    /// The browser forgets the cookie.
    Remove,
}

impl SetCookie {
    /// The value of the `Set-Cookie` header, wiped when dropped; none when there is nothing to send.
    ///
    /// ```
    /// use session_core::{config::SessionConfig, cookie::SetCookie};
    ///
    /// let config = SessionConfig::default();
    /// assert_eq!(
    ///     SetCookie::Remove.header(config.cookie()).as_deref().map(String::as_str),
    ///     Some("AloSession=; Path=/; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Secure; HttpOnly; SameSite=Lax"),
    /// );
    /// ```
    #[must_use]
    pub fn header(&self, cookie: &CookieConfig) -> Option<Zeroizing<String>> {
        match self {
            Self::Keep => None,
            Self::Set { id, max_age } => Some(render(cookie, &id.expose(), max_age.map(whole_seconds))),
            Self::Remove => Some(render(cookie, "", Some(0))),
        }
    }
}

impl fmt::Debug for SetCookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Keep => f.write_str("Keep"),
            Self::Set { id, max_age } => f
                .debug_struct("Set")
                .field("id", &id.key().digest.handle())
                .field("max_age", max_age)
                .finish(),
            Self::Remove => f.write_str("Remove"),
        }
    }
}

/// Rounded up, and never to 0, which would remove the cookie.
fn whole_seconds(max_age: Duration) -> u64 {
    let max_age = max_age.min(MAX_AGE);
    (max_age.as_secs() + u64::from(max_age.subsec_nanos() > 0)).max(1)
}

/// Removal repeats every attribute: with another Path, Domain or Partitioned it would be another cookie, and without
/// what the name's prefix demands it would be ignored.
fn render(cookie: &CookieConfig, value: &str, max_age: Option<u64>) -> Zeroizing<String> {
    let domain = cookie.domain().unwrap_or_default();
    // Enough for all attributes, so that growing leaves no copy of the id behind.
    let capacity = cookie.name().len() + value.len() + cookie.path().len() + domain.len() + 192;
    let mut header = Zeroizing::new(String::with_capacity(capacity));
    for part in [cookie.name(), "=", value, "; Path=", cookie.path()] {
        header.push_str(part);
    }
    if cookie.domain().is_some() {
        header.push_str("; Domain=");
        header.push_str(domain);
    }
    if let Some(max_age) = max_age {
        header.push_str("; Max-Age=");
        header.push_str(&max_age.to_string());
    }
    if max_age == Some(0) {
        header.push_str("; Expires=Thu, 01 Jan 1970 00:00:00 GMT");
    }
    if cookie.secure() {
        header.push_str("; Secure");
    }
    header.push_str("; HttpOnly; SameSite=");
    header.push_str(cookie.same_site().as_str());
    if cookie.partitioned() {
        header.push_str("; Partitioned");
    }
    header
}
