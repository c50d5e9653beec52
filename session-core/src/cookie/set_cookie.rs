use std::{fmt, time::Duration};

use zeroize::Zeroizing;

use crate::{
    config::{CookieSettings, SameSite},
    id::CookieId,
};

// RFC 6265bis, section 5.5: browsers shorten a longer lifetime to this.
pub(crate) const LONGEST: Duration = Duration::from_secs(400 * 86_400);

/// What a response does with the browser's session cookie.
#[derive(Clone, PartialEq, Eq, Default)]
#[expect(clippy::exhaustive_enums, reason = "a driver must handle every change of the cookie")]
pub enum SetCookie {
    /// The browser keeps its cookie, if it has one.
    #[default]
    Keep,
    /// The browser gets this id.
    Set {
        /// The id.
        id: CookieId,
        /// The lifetime of the cookie, rounded up to a second, at most 400 days; `None` until the browser closes.
        max_age: Option<Duration>,
    },
    /// The browser removes its cookie.
    Remove,
}

impl SetCookie {
    /// Returns the value of the `Set-Cookie` header, wiped when dropped; `None` if there is nothing to send.
    ///
    /// ```
    /// use alo_session::{config::SessionConfig, cookie::SetCookie};
    ///
    /// let config = SessionConfig::default();
    /// assert_eq!(
    ///     SetCookie::Remove.header(&config.cookie).as_deref().map(String::as_str),
    ///     Some("AloSession=; Path=/; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Secure; HttpOnly; SameSite=Lax"),
    /// );
    /// ```
    #[must_use]
    pub fn header(&self, cookie: &CookieSettings) -> Option<Zeroizing<String>> {
        match self {
            Self::Keep => None,
            Self::Set { id, max_age } => Some(render(cookie, Some(id), max_age.map(whole_seconds))),
            Self::Remove => Some(render(cookie, None, Some(0))),
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

/// Rounds up, and never to 0, which would remove the cookie.
fn whole_seconds(max_age: Duration) -> u64 {
    let max_age = max_age.min(LONGEST);
    (max_age.as_secs() + u64::from(max_age.subsec_nanos() > 0)).max(1)
}

/// The removal repeats every attribute: with another Path, Domain or Partitioned it would be a different cookie, and
/// without the attributes that the prefix of the name requires the browser ignores it.
fn render(cookie: &CookieSettings, id: Option<&CookieId>, max_age: Option<u64>) -> Zeroizing<String> {
    let length = id.map_or(0, CookieId::characters);
    write(cookie, "", max_age, length, |header| {
        if let Some(id) = id {
            id.write_to(header);
        }
    })
}

/// The header of a cookie beside the session's, which is called like it with `suffix` and has its attributes. It ends with
/// the browser. The value must have this length.
pub(crate) fn render_beside(
    cookie: &CookieSettings,
    suffix: &str,
    length: usize,
    write_value: impl FnOnce(&mut String),
) -> Zeroizing<String> {
    write(cookie, suffix, None, length, write_value)
}

/// The text has its whole length from the beginning: one that grew would leave a copy of the id in memory, and one with room
/// to spare would cost the header that is made of it an allocation.
fn write(
    cookie: &CookieSettings,
    suffix: &str,
    max_age: Option<u64>,
    length: usize,
    write_value: impl FnOnce(&mut String),
) -> Zeroizing<String> {
    let max_age = max_age.map(|seconds| seconds.to_string());
    let (front, back) = ([&*cookie.name, suffix, "="], attributes(cookie, max_age.as_deref()));
    let others = front.iter().chain(&back).map(|part| part.len()).sum::<usize>();
    let mut header = Zeroizing::new(String::with_capacity(length + others));
    let push = |header: &mut String, parts: &[&str]| {
        parts.iter().filter(|part| !part.is_empty()).for_each(|part| header.push_str(part));
    };
    push(&mut header, &front);
    write_value(&mut header);
    push(&mut header, &back);
    header
}

/// The attributes, and empty texts in place of those that are not there.
fn attributes<'a>(cookie: &'a CookieSettings, max_age: Option<&'a str>) -> [&'a str; 10] {
    let only = |is_there: bool, text: &'static str| if is_there { text } else { "" };
    let domain = cookie.domain.as_deref();
    [
        "; Path=",
        &cookie.path,
        only(domain.is_some(), "; Domain="),
        domain.unwrap_or_default(),
        only(max_age.is_some(), "; Max-Age="),
        max_age.unwrap_or_default(),
        only(max_age == Some("0"), "; Expires=Thu, 01 Jan 1970 00:00:00 GMT"),
        only(cookie.secure, "; Secure"),
        match cookie.same_site {
            SameSite::Lax => "; HttpOnly; SameSite=Lax",
            SameSite::Strict => "; HttpOnly; SameSite=Strict",
            SameSite::None => "; HttpOnly; SameSite=None",
        },
        only(cookie.partitioned, "; Partitioned"),
    ]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        config::{SameSite, SessionConfig},
        cookie::read::candidates,
        id::{Algorithm, Family, Generator},
        visit::Visit,
    };

    fn id() -> CookieId {
        CookieId::generate(Algorithm::Sha512, None, &Generator).unwrap()
    }

    fn set(max_age: Option<Duration>) -> SetCookie {
        SetCookie::Set { id: id(), max_age }
    }

    fn header(set_cookie: &SetCookie, config: &SessionConfig) -> String {
        set_cookie.header(&config.cookie).unwrap().to_string()
    }

    fn attributes(header: &str) -> Vec<&str> {
        header.split("; ").skip(1).collect()
    }

    fn embedded() -> SessionConfig {
        SessionConfig::with(|settings| {
            settings.cookie.path = "/shop".into();
            settings.cookie.domain = Some("example.org".into());
            settings.cookie.same_site = SameSite::None;
            settings.cookie.partitioned = true;
        })
        .unwrap()
    }

    #[test]
    fn keeping_sends_nothing() {
        assert_eq!(SetCookie::Keep.header(&SessionConfig::default().cookie), None);
    }

    #[test]
    fn every_attribute_is_sent() {
        let default = header(&set(None), &SessionConfig::default());
        assert_eq!(attributes(&default), ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"]);
        let embedded = header(&set(Some(Duration::from_secs(60))), &embedded());
        let expected = [
            "Path=/shop",
            "Domain=example.org",
            "Max-Age=60",
            "Secure",
            "HttpOnly",
            "SameSite=None",
            "Partitioned",
        ];
        assert_eq!(attributes(&embedded), expected);
        let plain = SessionConfig::with(|settings| {
            settings.cookie.secure = false;
            settings.cookie.same_site = SameSite::Strict;
        })
        .unwrap();
        assert_eq!(attributes(&header(&set(None), &plain)), ["Path=/", "HttpOnly", "SameSite=Strict"]);
    }

    #[test]
    fn removal_repeats_what_was_set() {
        let http_prefix =
            SessionConfig::with(|settings| settings.cookie.name = "__Host-Http-id".into()).unwrap();
        for config in [SessionConfig::default(), SessionConfig::hardened(), embedded(), http_prefix] {
            let removal = header(&SetCookie::Remove, &config);
            assert!(removal.starts_with(&format!("{}=; ", config.cookie.name)), "{removal}");
            let (ending, repeated): (Vec<_>, Vec<_>) = attributes(&removal)
                .into_iter()
                .partition(|attribute| attribute.starts_with("Max-Age") || attribute.starts_with("Expires"));
            assert_eq!(ending, ["Max-Age=0", "Expires=Thu, 01 Jan 1970 00:00:00 GMT"]);
            assert_eq!(repeated, attributes(&header(&set(None), &config)));
        }
    }

    #[test]
    fn max_age_is_whole_seconds_and_never_a_removal() {
        for (milliseconds, seconds) in
            [(0, 1), (1, 1), (1000, 1), (1001, 2), (34_560_000_000, 34_560_000), (u64::MAX, 34_560_000)]
        {
            let set = set(Some(Duration::from_millis(milliseconds)));
            let header = header(&set, &SessionConfig::default());
            assert!(header.contains(&format!("; Max-Age={seconds};")), "{milliseconds} ms");
            assert!(!header.contains("Expires"), "{milliseconds} ms");
        }
    }

    #[test]
    fn a_cookie_fits_the_browsers_limits() {
        let config = SessionConfig::with(|settings| {
            settings.cookie.name = "n".repeat(4096 - CookieId::MAX_CHARACTERS);
            settings.cookie.path = format!("/{}", "p".repeat(1023));
        })
        .unwrap();
        let id =
            CookieId::generate(Algorithm::Sha512, Some(Family::from_bytes([0x80; 16])), &Generator).unwrap();
        let header = header(&SetCookie::Set { id, max_age: None }, &config);
        let (pair, _) = header.split_once("; ").unwrap();
        assert_eq!(pair.len(), 4096 + "=".len());
        assert!(attributes(&header).iter().all(|attribute| attribute.len() <= "Path=".len() + 1024));
    }

    #[test]
    fn the_header_has_its_whole_length_from_the_beginning() {
        let family = Some(Family::from_bytes([0x80; 16]));
        let ids = [(Algorithm::Random, None), (Algorithm::Sha256, None), (Algorithm::Sha512, family)];
        for (algorithm, family) in ids {
            let id = CookieId::generate(algorithm, family, &Generator).unwrap();
            for config in [SessionConfig::default(), embedded()] {
                for max_age in [None, Some(Duration::MAX)] {
                    let header = SetCookie::Set { id: id.clone(), max_age }.header(&config.cookie).unwrap();
                    assert_eq!(header.capacity(), header.len(), "{algorithm:?}");
                }
                let removal = SetCookie::Remove.header(&config.cookie).unwrap();
                assert_eq!(removal.capacity(), removal.len());
            }
        }
    }

    #[test]
    fn debug_shows_no_id() {
        let SetCookie::Set { id, max_age } = set(None) else { unreachable!() };
        let secret = id.expose().to_string();
        let shown = format!("{:?}", SetCookie::Set { id, max_age });
        assert!(!shown.contains(&secret[..8]) && shown.len() < 60, "{shown}");
    }

    proptest! {
            #[test]
            fn what_is_sent_is_read_back_among_other_cookies(
                before in "([a-zA-Z0-9_$]{1,12}=[ -:<-~]{0,40}; ){0,5}",
                after in "(; [a-zA-Z0-9_$]{1,12}=[ -:<-~]{0,40}){0,5}",
                family in prop::option::of(any::<[u8; 16]>()),
                name in "(__Host-|__Secure-)?[!#$%&'*+.^_`|~a-z0-9-]{1,20}",
                algorithm in prop::sample::select(vec![Algorithm::Random, Algorithm::Sha512, Algorithm::Sha256, Algorithm::Blake3]),
            ) {
                let config = SessionConfig::with(|settings| {
    settings.cookie.name = name;
    settings.algorithm = algorithm;
    }).unwrap();
                let id = CookieId::generate(algorithm, family.map(Family::from_bytes), &Generator).unwrap();
                let sent = header(&SetCookie::Set { id: id.clone(), max_age: None }, &config);
                let (pair, _) = sent.split_once(';').unwrap();
                let returned = format!("{before}{pair}{after}");
                prop_assert_eq!(candidates(&Visit::new().cookie(returned.as_bytes()), &config), [id]);
            }
        }
}
