//! Origins of other sites that are allowed, in the form in which browsers send them.

use std::{
    fmt,
    net::{Ipv4Addr, Ipv6Addr},
};

/// An origin that [`allow_origin`](crate::CsrfRules::allow_origin) cannot allow. Its message names the value and the cure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OriginError {
    given: String,
    cure: &'static str,
}

impl fmt::Display for OriginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is not an origin such as https://app.example: {}", self.given, self.cure)
    }
}

impl std::error::Error for OriginError {}

/// The origins that one layer allows.
#[derive(Debug, Clone, Default)]
pub(super) struct Allowed {
    exact: Vec<String>,
    /// What stands before and behind the one label that may be anything.
    wildcards: Vec<(String, String)>,
    pub(super) null: bool,
}

impl Allowed {
    pub(super) fn add(&mut self, given: &str) -> Result<(), OriginError> {
        let error = |cure| OriginError { given: given.to_owned(), cure };
        let text = given.strip_suffix('/').filter(|text| !text.ends_with('/')).unwrap_or(given);
        match text.split_once("://*.") {
            Some((scheme, parent)) => {
                if !parent.contains('.') || parent.contains('*') {
                    return Err(error(
                        "a wildcard stands for the first label alone, and needs a domain such as *.shop.example",
                    ));
                }
                let whole = normalized(&format!("{scheme}://{parent}")).map_err(error)?;
                let (scheme, parent) = whole.split_once("://").unwrap_or_default();
                if parent.starts_with('[')
                    || parent.split(':').next().is_some_and(|host| host.parse::<Ipv4Addr>().is_ok())
                {
                    return Err(error("an address has no subdomains"));
                }
                self.wildcards.push((format!("{scheme}://"), format!(".{parent}")));
            }
            None => self.exact.push(normalized(text).map_err(error)?),
        }
        Ok(())
    }

    pub(super) fn contains(&self, origin: &str) -> bool {
        let Ok(origin) = normalized(origin) else { return false };
        let fits = |(before, behind): &(String, String)| {
            let label =
                origin.strip_prefix(before.as_str()).and_then(|host| host.strip_suffix(behind.as_str()));
            label.is_some_and(|label| !label.is_empty() && !label.contains('.'))
        };
        self.exact.contains(&origin) || self.wildcards.iter().any(fits)
    }
}

/// Schemes of pages that are not on the web: extensions, and applications around a web view.
const OTHER_SCHEMES: [&str; 8] = [
    "chrome-extension",
    "moz-extension",
    "safari-web-extension",
    "app",
    "capacitor",
    "ionic",
    "tauri",
    "wails",
];

/// Returns the origin as a browser sends it: lower case, without the default port. The error is the cure.
fn normalized(text: &str) -> Result<String, &'static str> {
    if text.eq_ignore_ascii_case("null") {
        return Err("for pages without an origin of their own use `allow_null_origin`");
    }
    if !text.is_ascii() {
        return Err("write a host in another alphabet as browsers send it, as xn--…");
    }
    let text = text.to_ascii_lowercase();
    let Some((scheme, authority)) = text.split_once("://") else {
        return Err("begin it with its scheme, https:// or http://");
    };
    let default_port = match scheme {
        "https" => Some(443),
        "http" => Some(80),
        _ if OTHER_SCHEMES.contains(&scheme) => None,
        _ => return Err("the scheme must be https, http, or that of an extension or web view"),
    };
    if authority.contains(['/', '?', '#', '\\']) {
        return Err("leave out the path and the query: an origin ends with the host and the port");
    }
    if authority.contains('@') {
        return Err("leave out the user name: an origin has none");
    }
    let (host, port) = split_port(authority)?;
    let host = checked_host(host)?;
    let port = match port {
        Some(port) if Some(port) != default_port => format!(":{port}"),
        _ => String::new(),
    };
    Ok(format!("{scheme}://{host}{port}"))
}

fn split_port(authority: &str) -> Result<(&str, Option<u16>), &'static str> {
    let (host, port) = match authority.rfind(']') {
        Some(end) => authority.split_at(end + 1),
        None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
    };
    match port.strip_prefix(':') {
        None if port.is_empty() => Ok((host, None)),
        Some(digits) if digits.starts_with(|first: char| matches!(first, '1'..='9')) => {
            let port = digits.parse().map_err(|_| "the port must be a number from 1 to 65535")?;
            Ok((host, Some(port)))
        }
        _ => Err("the port must be a number from 1 to 65535"),
    }
}

fn checked_host(host: &str) -> Result<String, &'static str> {
    if let Some(address) = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        let address: Ipv6Addr = address.parse().map_err(|_| "the host is not an IPv6 address")?;
        return Ok(format!("[{address}]"));
    }
    if host.contains('*') {
        return Err("a wildcard stands for the first label alone, and needs a domain such as *.shop.example");
    }
    let is_label = |label: &str| {
        !label.is_empty()
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    if !host.split('.').all(is_label) {
        return Err("the host must be a host name or an IP address");
    }
    let is_number = |label: &str| label.bytes().all(|byte| byte.is_ascii_digit());
    if host.rsplit('.').next().is_some_and(is_number) && host.parse::<Ipv4Addr>().is_err() {
        return Err("the host is not an IPv4 address");
    }
    Ok(host.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(given: &str) -> Allowed {
        let mut allowed = Allowed::default();
        allowed.add(given).unwrap();
        allowed
    }

    #[test]
    fn an_origin_is_allowed_however_it_is_spelled() {
        for (given, sent) in [
            ("https://app.example", "https://app.example"),
            ("HTTPS://App.Example/", "https://app.example"),
            ("https://app.example:443", "https://app.example"),
            ("http://app.example:80", "http://app.example"),
            ("https://app.example:80", "https://app.example:80"),
            ("http://nas.lan:8080", "http://nas.lan:8080"),
            ("http://localhost:3000", "http://localhost:3000"),
            ("http://127.0.0.1:3000", "http://127.0.0.1:3000"),
            ("http://[0:0::1]:3000", "http://[::1]:3000"),
            ("https://xn--mller-kva.example", "https://xn--mller-kva.example"),
            ("https://under_score.example", "https://under_score.example"),
            ("chrome-extension://abcdefghijklmnop", "chrome-extension://abcdefghijklmnop"),
            ("capacitor://localhost", "capacitor://localhost"),
        ] {
            assert!(allowed(given).contains(sent), "{given}");
            assert!(!allowed(given).contains(&format!("{sent}0")), "{given}");
        }
    }

    #[test]
    fn what_never_matches_is_refused_with_the_cure() {
        for (given, cure) in [
            ("", "https://"),
            ("app.example", "https://"),
            ("//app.example", "https://"),
            ("app.example:8080", "https://"),
            ("htps://app.example", "scheme"),
            ("ws://app.example", "scheme"),
            ("https://app.example/path", "path"),
            ("https://app.example//", "path"),
            ("https://app.example?x", "query"),
            ("https://app.example#x", "path"),
            ("https://ada@app.example", "user name"),
            ("https://ada:secret@app.example", "user name"),
            ("https://app.example:", "port"),
            ("https://app.example:0", "port"),
            ("https://app.example:070", "port"),
            ("https://app.example:65536", "port"),
            ("https://app.example:80:80", "port"),
            ("https://app.example:+80", "port"),
            ("https://", "host"),
            ("https://app..example", "host"),
            ("https://app.example.", "host"),
            ("https://app example", "host"),
            ("https://1.2.3", "IPv4"),
            ("https://1.2.3.256", "IPv4"),
            ("https://[::g]", "IPv6"),
            ("https://[::1]x", "port"),
            ("https://müller.example", "xn--"),
            ("null", "allow_null_origin"),
            ("NULL", "allow_null_origin"),
            ("*", "https://"),
            ("https://*", "wildcard"),
            ("https://*.example", "wildcard"),
            ("https://*.*.example", "wildcard"),
            ("https://app.*.example", "wildcard"),
            ("https://a*.shop.example", "wildcard"),
            ("https://*.1.2.3.4", "address"),
        ] {
            let error = Allowed::default().add(given).expect_err(given).to_string();
            assert!(error.contains(cure) && error.contains(&format!("{given:?}")), "{given}: {error}");
        }
    }

    #[test]
    fn a_wildcard_is_one_label() {
        let shops = allowed("https://*.Shop.example:8443");
        assert!(
            shops.contains("https://a.shop.example:8443") && shops.contains("https://A-b.shop.example:8443")
        );
        for other in [
            "https://shop.example:8443",
            "https://.shop.example:8443",
            "https://a.b.shop.example:8443",
            "https://ashop.example:8443",
            "https://a.shop.example",
            "http://a.shop.example:8443",
            "https://evil.example/.shop.example:8443",
            "https://evil.example#.shop.example:8443",
            "https://evil@.shop.example:8443",
            "null",
        ] {
            assert!(!shops.contains(other), "{other}");
        }
    }
}
