//! The origin of a request, by headers that the browser sets and no page can change.

use super::allowed::Allowed;
use crate::{
    Head,
    request::{lines, text},
};

/// Why the origin of a request is not acceptable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Foreign {
    /// The browser says that a page of another origin sent it.
    ByMetadata,
    /// The origin has another host than the request.
    OtherHost,
    /// The origin has the host of the request, and another port.
    OtherPort,
    /// The origin is `null`.
    Null,
    /// There is no host with which the origin could be compared.
    NoHost,
    /// A header occurs more than once or is not text.
    Ambiguous,
}

/// Checks the origin of the request. A request without one passes: old browsers and programs send none.
///
/// A `null` origin that is allowed passes if a token is checked as well, or if nothing says that it is another site: every
/// site can make its pages send it.
pub(super) fn check(head: &impl Head, allowed: &Allowed, token_follows: bool) -> Result<(), Foreign> {
    let site = single(head, "sec-fetch-site")?;
    let origin = single(head, "origin")?;
    let is_allowed = || match origin {
        Some("null") => allowed.null && (token_follows || site.is_none()),
        Some(origin) => allowed.contains(origin),
        None => false,
    };
    match (site, origin) {
        (Some("same-origin" | "none"), _) | (None, None) => Ok(()),
        _ if is_allowed() => Ok(()),
        (Some(_), _) => Err(Foreign::ByMetadata),
        (None, Some("null")) => Err(Foreign::Null),
        (None, Some(origin)) => compare(origin, host(head).ok_or(Foreign::NoHost)?),
    }
}

fn single<'a>(head: &'a impl Head, name: &str) -> Result<Option<&'a str>, Foreign> {
    let mut values = lines(head, name);
    match (values.next().map(text), values.next()) {
        (None, _) => Ok(None),
        (Some(Some(value)), None) => Ok(Some(value)),
        _ => Err(Foreign::Ambiguous),
    }
}

/// Returns the host of the request: HTTP/2 has it in the target, HTTP/1.1 in a header (RFC 9112, section 3.2).
pub(super) fn host(head: &impl Head) -> Option<&str> {
    head.authority().or_else(|| single(head, "host").ok().flatten())
}

fn compare(origin: &str, host: &str) -> Result<(), Foreign> {
    let (authority, port) = match origin.split_once("://") {
        Some(("https", authority)) => (authority, ":443"),
        Some(("http", authority)) => (authority, ":80"),
        _ => return Err(Foreign::OtherHost),
    };
    let bare = |authority: &'_ str| authority.strip_suffix(port).unwrap_or(authority).to_ascii_lowercase();
    if authority.is_empty() {
        Err(Foreign::OtherHost)
    } else if bare(authority) == bare(host) {
        Ok(())
    } else if name(authority).eq_ignore_ascii_case(name(host)) {
        Err(Foreign::OtherPort)
    } else {
        Err(Foreign::OtherHost)
    }
}

/// The authority without its port.
fn name(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => authority,
    }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;
    use crate::RequestHead;

    fn allowed() -> Allowed {
        let mut allowed = Allowed::default();
        allowed.add("https://partner.example/").unwrap();
        allowed
    }

    fn why_by(
        allowed: &Allowed,
        headers: &[(&'static str, &'static str)],
        token: bool,
    ) -> Result<(), Foreign> {
        let request = headers
            .iter()
            .fold(Request::post("/order"), |request, (name, value)| request.header(*name, *value));
        check(&RequestHead::from(&request.body(()).unwrap()), allowed, token)
    }

    fn why(headers: &[(&'static str, &'static str)]) -> Result<(), Foreign> {
        why_by(&allowed(), headers, true)
    }

    fn verdict(headers: &[(&'static str, &'static str)]) -> bool {
        why(headers).is_ok()
    }

    #[test]
    fn fetch_metadata_decides_where_it_is_sent() {
        let site = |site| verdict(&[("host", "shop.example"), ("sec-fetch-site", site)]);
        assert!(site("same-origin") && site("none"));
        for refused in ["same-site", "cross-site", "", "Same-Origin", "same-origin, none"] {
            assert!(!site(refused), "{refused}");
        }
        // Of the same host, but the browser knows better: another scheme or port.
        let origin = ("origin", "https://shop.example");
        assert!(!verdict(&[("host", "shop.example"), ("sec-fetch-site", "cross-site"), origin]));
        assert!(!verdict(&[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")]));
    }

    #[test]
    fn else_the_origin_must_be_the_host() {
        let origin = |host, origin| verdict(&[("host", host), ("origin", origin)]);
        assert!(origin("shop.example", "https://shop.example"));
        assert!(origin("shop.example", "http://SHOP.example"));
        assert!(origin("shop.example:443", "https://shop.example"));
        assert!(origin("shop.example:8080", "http://shop.example:8080"));
        assert!(origin("[::1]:3000", "http://[::1]:3000"));
        for refused in [
            "https://evil.example",
            "https://shop.example.evil.example",
            "https://shop.example@evil.example",
            "https://shop.example:8443",
            "https://sub.shop.example",
            "null",
            "",
            "https://",
            "shop.example",
            "moz-extension://shop.example",
        ] {
            assert!(!origin("shop.example", refused), "{refused}");
        }
        assert!(!verdict(&[("origin", "https://shop.example")]), "no host to compare with");
        assert!(!origin("", "https://"));
    }

    #[test]
    fn an_allowed_origin_passes_either_way() {
        let partner = ("origin", "https://Partner.example");
        assert!(verdict(&[("host", "shop.example"), partner]));
        assert!(verdict(&[("sec-fetch-site", "cross-site"), partner]));
        assert!(!verdict(&[("sec-fetch-site", "cross-site"), ("origin", "http://partner.example")]));
    }

    #[test]
    fn who_says_nothing_is_left_to_the_token() {
        assert!(verdict(&[("host", "shop.example")]));
    }

    #[test]
    fn the_target_of_http_2_is_the_host() {
        let check = |uri| {
            let request = Request::post(uri).header("origin", "https://shop.example").body(()).unwrap();
            check(&RequestHead::from(&request), &Allowed::default(), true).is_ok()
        };
        assert!(check("https://shop.example/x"));
        assert!(!check("https://other.example/x"));
    }

    #[test]
    fn a_refusal_has_its_reason() {
        let origin = |origin| why(&[("host", "nas.lan"), ("origin", origin)]);
        assert_eq!(origin("http://nas.lan:8080"), Err(Foreign::OtherPort));
        assert_eq!(origin("https://NAS.lan:80"), Err(Foreign::OtherPort));
        assert_eq!(origin("http://evil.lan"), Err(Foreign::OtherHost));
        assert_eq!(origin("http://nas.lan.evil.lan:8080"), Err(Foreign::OtherHost));
        assert_eq!(origin("null"), Err(Foreign::Null));
        assert_eq!(why(&[("host", "[::1]:3000"), ("origin", "http://[::1]:3001")]), Err(Foreign::OtherPort));
        assert_eq!(why(&[("host", "[::1]"), ("origin", "http://[::2]")]), Err(Foreign::OtherHost));
        assert_eq!(why(&[("origin", "http://nas.lan")]), Err(Foreign::NoHost));
        assert_eq!(why(&[("sec-fetch-site", "same-site")]), Err(Foreign::ByMetadata));
        assert_eq!(why(&[("origin", "http://nas.lan"), ("origin", "null")]), Err(Foreign::Ambiguous));
    }

    #[test]
    fn null_is_allowed_when_asked_and_not_on_the_word_of_the_browser_alone() {
        let null = ("origin", "null");
        let cross = [null, ("sec-fetch-site", "cross-site")];
        let mut allowed = Allowed::default();
        allowed.null = true;
        for token in [true, false] {
            assert_eq!(why_by(&Allowed::default(), &[null], token), Err(Foreign::Null));
            assert_eq!(why_by(&allowed, &[null], token), Ok(()));
            assert_eq!(why_by(&Allowed::default(), &cross, token), Err(Foreign::ByMetadata));
            assert_eq!(why_by(&allowed, &cross, token).is_ok(), token);
        }
    }
}
