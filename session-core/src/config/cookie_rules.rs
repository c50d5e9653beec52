//! What a browser would refuse or read differently, refused here.

use super::{CookieConfig, error::Problems};

const PREFIXES: [&str; 4] = ["__Host-", "__Secure-", "__Http-", "__Host-Http-"];
// RFC 6265bis, section 5.6: a longer attribute is ignored.
const MAX_ATTRIBUTE_BYTES: usize = 1024;

pub(super) fn check_name(name: &str, problems: &mut Problems) {
    problems.require(
        !name.is_empty() && name.bytes().all(is_token_byte),
        "cookie.name",
        "must be a token: ASCII letters, digits and !#$%&'*+-.^_`|~",
    );
    let spelled_otherwise = PREFIXES
        .into_iter()
        .any(|prefix| starts_with_ignoring_case(name, prefix) && !name.starts_with(prefix));
    problems.require(
        !spelled_otherwise,
        "cookie.name",
        "has a cookie prefix in another letter case: write __Host-, __Secure-, __Http- or __Host-Http-",
    );
}

pub(super) fn check_path(path: &str, problems: &mut Problems) {
    problems.require(path.starts_with('/'), "cookie.path", "must begin with /");
    problems.require(
        path.bytes().all(|byte| byte.is_ascii_graphic() && !b";?#".contains(&byte)),
        "cookie.path",
        "must be visible ASCII without ; ? # (percent-encode what is not)",
    );
    problems.require(path.len() <= MAX_ATTRIBUTE_BYTES, "cookie.path", "must have at most 1,024 bytes");
}

pub(super) fn check_domain(domain: &str, problems: &mut Problems) {
    problems.require(
        domain.len() <= 253 && domain.split('.').count() >= 2 && domain.split('.').all(is_label),
        "cookie.domain",
        "must be a host name like example.org: no leading dot, no port, no single label, \
         other alphabets as xn-- (leave it out for a cookie of one host)",
    );
    problems.require(
        !domain.rsplit('.').next().is_some_and(is_number),
        "cookie.domain",
        "must not be an IP address (leave it out: the cookie then belongs to that host)",
    );
}

/// The rules of the name's prefix: RFC 6265bis, section 4.1.3, and the `Http` prefixes of its successor.
pub(super) fn check_prefix(cookie: &CookieConfig, problems: &mut Problems) {
    let has = |prefix| starts_with_ignoring_case(&cookie.name, prefix);
    if has("__Host-") {
        problems.require_between(
            cookie.domain.is_none(),
            "cookie.domain",
            &["cookie.name"],
            "must be left out when cookie.name begins with __Host-",
        );
        problems.require_between(
            cookie.path == "/",
            "cookie.path",
            &["cookie.name"],
            "must be / when cookie.name begins with __Host-",
        );
    }
    problems.require_between(
        cookie.secure || !PREFIXES.into_iter().any(has),
        "cookie.secure",
        &["cookie.name"],
        "must be true when cookie.name begins with __Host-, __Secure- or __Http-",
    );
}

fn starts_with_ignoring_case(name: &str, prefix: &str) -> bool {
    name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// Whether a host that ends in this label is an IPv4 address to a browser: 1, 0177, 0x7f (WHATWG URL, section 3.5).
fn is_number(label: &str) -> bool {
    let hexadecimal = label.strip_prefix("0x").or_else(|| label.strip_prefix("0X"));
    match hexadecimal {
        Some(digits) => digits.bytes().all(|byte| byte.is_ascii_hexdigit()),
        None => label.bytes().all(|byte| byte.is_ascii_digit()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{SameSite, SessionConfig, SessionConfigBuilder};

    fn invalid(builder: SessionConfigBuilder) -> Vec<&'static str> {
        let Err(error) = builder.build() else {
            return Vec::new();
        };
        error.fields().iter().map(|invalid| invalid.field()).collect()
    }

    #[test]
    fn names_are_tokens() {
        for good in ["AloSession", "id", "a!#$%&'*+-.^_`|~9", "_", "__host", "Host-id"] {
            assert!(invalid(SessionConfig::builder().cookie_name(good)).is_empty(), "{good}");
        }
        for bad in [
            "",
            " ",
            "a b",
            "a=b",
            "a;b",
            "a,b",
            "a\"b",
            "(a)",
            "a\r\nb",
            "a\0",
            "sitzungsschlüssel",
            "a/b",
            "a@b",
            "[a]",
            "{a}",
        ] {
            assert_eq!(invalid(SessionConfig::builder().cookie_name(bad)), ["cookie.name"], "{bad:?}");
        }
    }

    #[test]
    fn prefixes_are_spelled_exactly() {
        for good in ["__Host-id", "__Secure-id", "__Http-id", "__Host-Http-id"] {
            assert!(invalid(SessionConfig::builder().cookie_name(good)).is_empty(), "{good}");
        }
        for bad in ["__host-id", "__HOST-id", "__secure-id", "__HTTP-id", "__Host-http-id", "__hOST-Http-id"]
        {
            assert_eq!(invalid(SessionConfig::builder().cookie_name(bad)), ["cookie.name"], "{bad}");
        }
    }

    #[test]
    fn prefixes_bind_the_attributes() {
        for (name, fields) in [
            ("__Host-id", &["cookie.domain", "cookie.path", "cookie.secure"][..]),
            ("__Host-Http-id", &["cookie.domain", "cookie.path", "cookie.secure"]),
            ("__Secure-id", &["cookie.secure"]),
            ("__Http-id", &["cookie.secure"]),
            ("id", &[]),
        ] {
            let builder = SessionConfig::builder()
                .cookie_name(name)
                .cookie_domain("example.org")
                .cookie_path("/shop")
                .secure(false);
            assert_eq!(invalid(builder), fields, "{name}");
        }
    }

    #[test]
    fn paths_cannot_leave_their_attribute() {
        for good in ["/", "/shop", "/a/b%20c/~d,(e)", &format!("/{}", "x".repeat(1023))] {
            assert!(invalid(SessionConfig::builder().cookie_path(good)).is_empty(), "{good}");
        }
        for bad in [
            "",
            "/a; Domain=x",
            "/a;Domain=x",
            "/a\r\nSet-Cookie: b",
            "/a b",
            "/\t",
            "/\x7f",
            "/ü",
            "/?a",
            "/#a",
            &format!("/{}", "x".repeat(1024)),
        ] {
            assert!(invalid(SessionConfig::builder().cookie_path(bad)).contains(&"cookie.path"), "{bad:?}");
        }
    }

    #[test]
    fn domains_are_host_names() {
        for good in [
            "example.org",
            "a.b.example.co.uk",
            "EXAMPLE.org",
            "xn--bcher-kva.example",
            "3.example",
            "0x.example",
            "1.2.3.4a",
        ] {
            assert!(invalid(SessionConfig::builder().cookie_domain(good)).is_empty(), "{good}");
        }
        let bad = [
            "",
            ".",
            ".example.org",
            "example.org.",
            "a..org",
            "localhost",
            "example.org; Path=/",
            "example.org:80",
            "-a.org",
            "a-.org",
            "a_b.org",
            "bücher.example",
            "*.example.org",
            "exam ple.org",
            "127.0.0.1",
            "2130706433",
            "0x7f.1",
            "example.0x",
            "example.0X7F",
            "example.010",
            "[::1]",
            "::1",
            "a\r\n.org",
        ];
        let long = [format!("{}.org", "x".repeat(64)), format!("{}org", "abc.".repeat(63))];
        for bad in bad.into_iter().chain(long.iter().map(String::as_str)) {
            let invalid = invalid(SessionConfig::builder().cookie_domain(bad));
            assert!(invalid.contains(&"cookie.domain"), "{bad:?}");
        }
    }

    #[test]
    fn what_other_sites_see_is_secure() {
        let plain = || SessionConfig::builder().secure(false);
        assert!(invalid(plain()).is_empty());
        assert_eq!(invalid(plain().same_site(SameSite::None)), ["cookie.same_site"]);
        assert_eq!(invalid(plain().partitioned(true)), ["cookie.partitioned"]);
        assert!(invalid(plain().secure(true).same_site(SameSite::None).partitioned(true)).is_empty());
    }

    #[test]
    fn name_and_id_fit_a_cookie_together() {
        let longest = 4096 - crate::id::CookieId::MAX_CHARACTERS;
        assert!(invalid(SessionConfig::builder().cookie_name("n".repeat(longest))).is_empty());
        let too_long = SessionConfig::builder().cookie_name("n".repeat(longest + 1));
        assert_eq!(invalid(too_long), ["cookie.name"]);
    }
}
