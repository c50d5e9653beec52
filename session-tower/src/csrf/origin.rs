//! The origin of a request, by headers that the browser sets and no page can change.

use http::{
    HeaderMap, HeaderName, HeaderValue, Uri,
    header::{HOST, ORIGIN},
};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Whether the origin of the request is allowed. A request without an origin is: old browsers and programs send none.
pub(super) fn is_acceptable(uri: &Uri, headers: &HeaderMap, allowed: &[String]) -> bool {
    let (Ok(site), Ok(origin)) = (single(headers, SEC_FETCH_SITE), single(headers, ORIGIN)) else {
        return false;
    };
    let is_allowed =
        || origin.is_some_and(|origin| allowed.iter().any(|one| origin.eq_ignore_ascii_case(one)));
    match site {
        Some("same-origin" | "none") => true,
        Some(_) => is_allowed(),
        None => match origin {
            None => true,
            Some(origin) => host(uri, headers).is_some_and(|host| is_origin_of(origin, host)) || is_allowed(),
        },
    }
}

/// Returns the origin in the form in which it is compared: without a slash at its end.
pub(super) fn normalized(origin: &str) -> String {
    origin.trim_end_matches('/').to_owned()
}

/// A header occurs more than once or is not text.
struct Ambiguous;

fn single(headers: &HeaderMap, name: HeaderName) -> Result<Option<&str>, Ambiguous> {
    let mut values = headers.get_all(name).iter();
    match (values.next().map(HeaderValue::to_str), values.next()) {
        (None, _) => Ok(None),
        (Some(Ok(value)), None) => Ok(Some(value)),
        _ => Err(Ambiguous),
    }
}

/// Returns the host of the request: HTTP/2 has it in the target, HTTP/1.1 in a header (RFC 9112, section 3.2).
fn host<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> Option<&'a str> {
    match uri.authority() {
        Some(authority) => Some(authority.as_str()),
        None => single(headers, HOST).ok().flatten(),
    }
}

fn is_origin_of(origin: &str, host: &str) -> bool {
    let (authority, port) = match origin.split_once("://") {
        Some(("https", authority)) => (authority, ":443"),
        Some(("http", authority)) => (authority, ":80"),
        _ => return false,
    };
    let bare = |authority: &'_ str| authority.strip_suffix(port).unwrap_or(authority).to_ascii_lowercase();
    !authority.is_empty() && bare(authority) == bare(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(headers: &[(&'static str, &'static str)]) -> bool {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_static(value));
        }
        let allowed = [normalized("https://partner.example/")];
        is_acceptable(&Uri::from_static("/order"), &map, &allowed)
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
        let headers = HeaderMap::from_iter([(ORIGIN, HeaderValue::from_static("https://shop.example"))]);
        assert!(is_acceptable(&Uri::from_static("https://shop.example/x"), &headers, &[]));
        assert!(!is_acceptable(&Uri::from_static("https://other.example/x"), &headers, &[]));
    }
}
