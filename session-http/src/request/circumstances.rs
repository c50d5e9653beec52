//! What the headers tell about how a request came to be.

use session_core::{Visit, config::SameSite, visit::CrossSite};

use super::{Headers, is_safe};
use crate::RequestSession;

/// What the core must know beside cookies and properties.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Circumstances {
    unseen: bool,
    cross_site: Option<CrossSite>,
    passive: bool,
    safe: bool,
    /// Whether the host was asked at a port of its own, where other applications may be at other ports.
    pub(crate) has_port: bool,
    /// Whether the id is in a header.
    pub(crate) by_header: bool,
}

impl Circumstances {
    pub(crate) fn of<V>(method: &str, headers: &Headers<'_, V>, session: &RequestSession) -> Self {
        Self {
            unseen: is_unseen(method, headers),
            cross_site: held_back(cross_site(method, headers), session.cookie().same_site),
            passive: session.is_passive(),
            safe: is_safe(method),
            has_port: headers.host.is_some_and(|host| without_port(host).len() != host.len()),
            by_header: headers.id.is_there(),
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
fn is_unseen<V>(method: &str, headers: &Headers<'_, V>) -> bool {
    method == "HEAD" || headers.is_prefetch
}

/// Returns whether another site made the browser send the request, so that the browser may have held back its cookie.
fn cross_site<V>(method: &str, headers: &Headers<'_, V>) -> Option<CrossSite> {
    match headers.fetch_site {
        // Browsers send it to hosts with TLS, and to localhost.
        None => {
            headers.origin.filter(|origin| is_of_other_site(origin, headers.host)).map(|_| CrossSite::Other)
        }
        Some(b"cross-site") => {
            let opens_page = headers.fetch_mode == Some(b"navigate")
                && headers.fetch_dest.is_none_or(|destination| destination == b"document");
            Some(if opens_page && is_safe(method) { CrossSite::Navigation } else { CrossSite::Other })
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
fn is_of_other_site(origin: &[u8], own_host: Option<&[u8]>) -> bool {
    let (Some(own), Some(other)) = (own_host, authority_of(origin)) else {
        return false;
    };
    !site(without_port(own)).eq_ignore_ascii_case(site(without_port(other)))
}

/// Returns what stands behind the scheme.
fn authority_of(origin: &[u8]) -> Option<&[u8]> {
    let scheme = origin.windows(3).position(|part| part == b"://")?;
    origin.get(scheme + 3..)
}

pub(crate) fn without_port(authority: &[u8]) -> &[u8] {
    let colon = authority.iter().rposition(|byte| *byte == b':');
    match colon.and_then(|colon| authority.split_at_checked(colon)) {
        Some((host, port)) if port.iter().skip(1).all(u8::is_ascii_digit) => host,
        _ => authority,
    }
}

fn site(host: &[u8]) -> &[u8] {
    let mut labels = host.rsplit(|byte| *byte == b'.');
    let is_number = |label: &[u8]| label.iter().all(u8::is_ascii_digit);
    if host.starts_with(b"[") || labels.next().is_some_and(is_number) {
        return host;
    }
    // The last two labels, and the dot between them.
    let length = host.rsplit(|byte| *byte == b'.').take(2).map(|label| label.len() + 1).sum::<usize>();
    host.get((host.len() + 1).saturating_sub(length)..).unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use http::{HeaderValue, Request};

    use super::*;
    use crate::RequestHead;

    fn with<T>(
        method: &str,
        headers: &[(&str, &str)],
        look: impl Fn(&str, &Headers<'_, HeaderValue>) -> T,
    ) -> T {
        let mut request = Request::builder().method(method);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(()).unwrap();
        look(method, &Headers::of(&RequestHead::from(&request), None))
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
