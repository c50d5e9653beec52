//! Whether browsers drop a `Secure` cookie, because the page is on plain HTTP.

use std::net::IpAddr;

use super::{Headers, circumstances::without_port};

/// Returns whether a page of this host, on plain HTTP, sent the request, and the browser has no session cookie. A page that came
/// through a proxy that speaks TLS says `https`, so it is not meant.
pub(crate) fn drops_secure_cookie<V: AsRef<[u8]>>(headers: &Headers<'_, V>, cookie: &str) -> bool {
    let Some(host) = headers.host else { return false };
    let is_of_host = |page: &[u8]| {
        page.strip_prefix(b"http://")
            .and_then(|rest| rest.split(|byte| matches!(byte, b'/' | b'?' | b'#')).next())
            .is_some_and(|authority| authority.eq_ignore_ascii_case(host))
    };
    [headers.origin, headers.referer].into_iter().flatten().any(is_of_host)
        && !is_loopback(host)
        && !has_cookie(headers, cookie)
}

/// Browsers take `Secure` cookies from these.
fn is_loopback(host: &[u8]) -> bool {
    let Ok(host) = str::from_utf8(without_port(host)) else { return false };
    let name = host.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
    match name.parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => name == "localhost" || name.ends_with(".localhost"),
    }
}

fn has_cookie<V: AsRef<[u8]>>(headers: &Headers<'_, V>, name: &str) -> bool {
    let pairs = headers.cookies().flat_map(|line| line.as_ref().split(|byte| *byte == b';'));
    pairs.map(<[u8]>::trim_ascii).any(|pair| {
        pair.strip_prefix(name.as_bytes()).is_some_and(|rest| rest.trim_ascii_start().starts_with(b"="))
    })
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;
    use crate::RequestHead;

    fn drops(headers: &[(&str, &str)]) -> bool {
        let mut request = Request::get("/form");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(()).unwrap();
        drops_secure_cookie(&Headers::of(&RequestHead::from(&request), None), "AloSession")
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
