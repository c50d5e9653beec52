//! What the headers tell about how a request came to be.

use http::Method;
use session_core::{Visit, config::SameSite, visit::CrossSite};

use super::headers::Headers;
use crate::slot::Slot;

/// What the core must know beside cookies and properties.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Circumstances {
    unseen: bool,
    cross_site: Option<CrossSite>,
    passive: bool,
    safe: bool,
    /// Whether the host was asked at a port of its own, where other applications may be at other ports.
    pub(crate) has_port: bool,
}

impl Circumstances {
    pub(crate) fn of(method: &Method, headers: &Headers<'_>, slot: &Slot) -> Self {
        Self {
            unseen: is_unseen(method, headers),
            cross_site: held_back(cross_site(method, headers), slot.cookie().same_site),
            passive: slot.is_passive(),
            safe: method.is_safe(),
            has_port: headers.host.is_some_and(|host| without_port(host) != host),
        }
    }

    pub(crate) fn add_to(self, mut visit: Visit<'_>) -> Visit<'_> {
        if self.unseen {
            visit = visit.unseen();
        }
        if self.passive {
            visit = visit.passive();
        }
        if self.safe {
            visit = visit.safe();
        }
        match self.cross_site {
            Some(kind) => visit.cross_site(kind),
            None => visit,
        }
    }
}

/// Returns whether perhaps nobody sees the response: to a HEAD, which has no body, or to a page that is fetched ahead.
fn is_unseen(method: &Method, headers: &Headers<'_>) -> bool {
    method == Method::HEAD || headers.is_prefetch
}

/// Returns whether another site made the browser send the request, so that the browser may have held back its cookie.
fn cross_site(method: &Method, headers: &Headers<'_>) -> Option<CrossSite> {
    match headers.fetch_site {
        // Browsers send it to hosts with TLS, and to localhost.
        None => {
            headers.origin.filter(|origin| is_of_other_site(origin, headers.host)).map(|_| CrossSite::Other)
        }
        Some("cross-site") => {
            let opens_page = headers.fetch_mode == Some("navigate")
                && headers.fetch_dest.is_none_or(|destination| destination == "document");
            Some(if opens_page && method.is_safe() { CrossSite::Navigation } else { CrossSite::Other })
        }
        Some(_) => None,
    }
}

/// Returns the same, as it looks to the core, which knows the configured `SameSite` and not that of this request.
fn held_back(cross_site: Option<CrossSite>, chosen: SameSite) -> Option<CrossSite> {
    match (cross_site, chosen) {
        (None, _) | (_, SameSite::None) | (Some(CrossSite::Navigation), SameSite::Lax) => None,
        // No attribute but `None` lets a cookie go along with it.
        _ => Some(CrossSite::Other),
    }
}

/// Compares the last two labels: which part of a name is registered, only a list of all registries could tell. Two customers of
/// such a registry count as one site, and the request then only gets what it would get without this rule. An opaque origin
/// (`null`) can be of the own site.
fn is_of_other_site(origin: &str, own_host: Option<&str>) -> bool {
    let (Some(own), Some((_, other))) = (own_host, origin.split_once("://")) else {
        return false;
    };
    let bare = |host: &str| without_port(host).to_ascii_lowercase();
    site(&bare(own)) != site(&bare(other))
}

pub(crate) fn without_port(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    }
}

fn site(host: &str) -> &str {
    if host.starts_with('[')
        || host.rsplit('.').next().is_some_and(|label| label.bytes().all(|byte| byte.is_ascii_digit()))
    {
        return host;
    }
    host.rmatch_indices('.').nth(1).and_then(|(dot, _)| host.get(dot + 1..)).unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;
    use crate::RequestHead;

    fn with<T>(method: &str, headers: &[(&str, &str)], look: impl Fn(&Method, &Headers<'_>) -> T) -> T {
        let mut request = Request::builder().method(method);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(()).unwrap();
        look(request.method(), &Headers::of(RequestHead::from(&request)))
    }

    #[test]
    fn nobody_sees_what_is_fetched_ahead() {
        let is_unseen = |method, headers: &[_]| with(method, headers, is_unseen);
        assert!(is_unseen("HEAD", &[]));
        for (name, value) in [
            ("sec-purpose", "prefetch"),
            ("sec-purpose", "prefetch;prerender"),
            ("sec-purpose", "Prefetch;anonymous-client-ip"),
            ("purpose", "prefetch"),
            ("x-moz", "prefetch"),
        ] {
            assert!(is_unseen("GET", &[(name, value)]), "{name}: {value}");
        }
        assert!(!is_unseen("GET", &[]));
        assert!(!is_unseen("POST", &[("purpose", "checkout")]));
    }

    #[test]
    fn the_browser_says_what_is_cross_site() {
        let site = |method, site, mode, destination| {
            let headers =
                [("sec-fetch-site", site), ("sec-fetch-mode", mode), ("sec-fetch-dest", destination)];
            with(method, &headers, cross_site)
        };
        assert_eq!(site("GET", "cross-site", "navigate", "document"), Some(CrossSite::Navigation));
        assert_eq!(site("POST", "cross-site", "navigate", "document"), Some(CrossSite::Other));
        assert_eq!(site("GET", "cross-site", "navigate", "iframe"), Some(CrossSite::Other));
        assert_eq!(site("GET", "cross-site", "no-cors", "image"), Some(CrossSite::Other));
        assert_eq!(site("GET", "cross-site", "websocket", "websocket"), Some(CrossSite::Other));
        for own in ["same-origin", "same-site", "none"] {
            assert_eq!(site("POST", own, "navigate", "document"), None, "{own}");
        }
        let wins =
            [("sec-fetch-site", "same-origin"), ("host", "a.example"), ("origin", "https://b.example")];
        assert_eq!(with("POST", &wins, cross_site), None);
    }

    #[test]
    fn else_the_origin_is_compared_with_the_host() {
        let is_other =
            |host, origin| with("POST", &[("host", host), ("origin", origin)], cross_site).is_some();
        for (host, origin) in [
            ("shop.example", "https://pay.example"),
            ("www.shop.example", "https://shop.test"),
            ("192.168.1.5:3000", "http://10.1.1.5:3000"),
            ("localhost:3000", "http://nas:3000"),
            ("[::1]:3000", "http://[::2]:3000"),
        ] {
            assert!(is_other(host, origin), "{host} {origin}");
        }
        for (host, origin) in [
            ("shop.example:3000", "http://SHOP.example"),
            ("www.shop.example", "https://shop.example"),
            ("a.shop.example", "https://b.shop.example:8443"),
            ("192.168.1.5:3000", "http://192.168.1.5:4000"),
            ("[::1]:3000", "http://[::1]"),
            ("shop.example", "null"),
            ("shop.example", ""),
        ] {
            assert!(!is_other(host, origin), "{host} {origin}");
        }
        assert!(!with("POST", &[("origin", "https://pay.example")], |method, headers| cross_site(
            method, headers
        )
        .is_some()));
        assert!(!with("POST", &[("host", "shop.example")], |method, headers| cross_site(method, headers)
            .is_some()));
    }

    #[test]
    fn the_same_site_of_this_request_decides() {
        use CrossSite::{Navigation, Other};
        for (cross_site, chosen, expected) in [
            (None, SameSite::Strict, None),
            (Some(Navigation), SameSite::Strict, Some(Other)),
            (Some(Navigation), SameSite::Lax, None),
            (Some(Navigation), SameSite::None, None),
            (Some(Other), SameSite::Lax, Some(Other)),
            (Some(Other), SameSite::Strict, Some(Other)),
            (Some(Other), SameSite::None, None),
        ] {
            assert_eq!(held_back(cross_site, chosen), expected, "{cross_site:?} {chosen:?}");
        }
    }
}
