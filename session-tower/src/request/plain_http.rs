//! Whether browsers drop a `Secure` cookie, because the page is on plain HTTP.

use std::net::IpAddr;

use http::header::COOKIE;

use super::{RequestHead, circumstances::without_port, headers::Headers};

/// Returns whether a page of this host, on plain HTTP, sent the request, and the browser has no session cookie. A page that came
/// through a proxy that speaks TLS says `https`, so it is not meant.
pub(crate) fn drops_secure_cookie(head: RequestHead<'_>, headers: &Headers<'_>, cookie: &str) -> bool {
    let Some(host) = headers.host else { return false };
    let is_of_host = |page: &str| {
        page.strip_prefix("http://")
            .and_then(|rest| rest.split(['/', '?', '#']).next())
            .is_some_and(|authority| authority.eq_ignore_ascii_case(host))
    };
    [headers.origin, headers.referer].into_iter().flatten().any(is_of_host)
        && !is_loopback(host)
        && !has_cookie(head, cookie)
}

/// Browsers take `Secure` cookies from these.
fn is_loopback(host: &str) -> bool {
    let name = without_port(host).trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
    match name.parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => name == "localhost" || name.ends_with(".localhost"),
    }
}

fn has_cookie(head: RequestHead<'_>, name: &str) -> bool {
    let pairs =
        head.headers.get_all(COOKIE).iter().flat_map(|header| header.as_bytes().split(|byte| *byte == b';'));
    pairs.map(<[u8]>::trim_ascii).any(|pair| {
        pair.strip_prefix(name.as_bytes()).is_some_and(|rest| rest.trim_ascii_start().starts_with(b"="))
    })
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn drops(headers: &[(&str, &str)]) -> bool {
        let mut request = Request::get("/form");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(()).unwrap();
        let head = RequestHead::from(&request);
        drops_secure_cookie(head, &Headers::of(head), "AloSession")
    }

    #[test]
    fn a_page_on_plain_http_is_known_by_what_the_browser_says_of_it() {
        for (host, said) in [
            ("192.168.1.5:3000", ("origin", "http://192.168.1.5:3000")),
            ("nas.lan", ("referer", "http://nas.lan/form?a=http://x")),
            ("NAS.lan", ("referer", "http://nas.lan")),
            ("[fe80::1]:3000", ("origin", "http://[fe80::1]:3000")),
        ] {
            assert!(drops(&[("host", host), said]), "{said:?}");
            assert!(drops(&[("host", host), said, ("cookie", "XAloSession=1; AloSessionX=1")]), "{said:?}");
            assert!(!drops(&[("host", host), said, ("cookie", "a=b; AloSession=x")]), "{said:?}");
        }
    }

    #[test]
    fn tls_loopback_and_other_sites_are_not_meant() {
        for (host, said) in [
            ("shop.example", ("origin", "https://shop.example")),
            ("shop.example", ("origin", "http://other.example")),
            ("shop.example", ("referer", "http://other.example/http://shop.example")),
            ("shop.example", ("origin", "null")),
            ("localhost:3000", ("origin", "http://localhost:3000")),
            ("a.LOCALHOST", ("origin", "http://a.localhost")),
            ("127.0.0.1:3000", ("origin", "http://127.0.0.1:3000")),
            ("[::1]:3000", ("origin", "http://[::1]:3000")),
            ("[::1]", ("origin", "http://[::1]")),
        ] {
            assert!(!drops(&[("host", host), said]), "{said:?}");
        }
        assert!(!drops(&[("host", "nas.lan")]));
        assert!(!drops(&[("origin", "http://nas.lan")]));
    }
}
