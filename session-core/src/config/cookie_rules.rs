//! What a browser would refuse or read differently, refused here.

use super::{CookieSettings, SameSite, error::Problems};
use crate::id::CookieId;

const PREFIXES: [&str; 4] = ["__Host-", "__Secure-", "__Http-", "__Host-Http-"];

pub(super) fn check(cookie: &CookieSettings, problems: &mut Problems) {
    check_name(&cookie.name, problems);
    check_path(&cookie.path, problems);
    if let Some(domain) = &cookie.domain {
        check_domain(domain, problems);
    }
    check_prefix(cookie, problems);
    if cookie.same_site == SameSite::None && !cookie.secure {
        let problem = "none needs cookie.secure, or browsers refuse the cookie";
        problems.add_between("cookie.same_site", "cookie.secure", problem);
    }
    if cookie.partitioned && !cookie.secure {
        let problem = "needs cookie.secure, or browsers refuse the cookie";
        problems.add_between("cookie.partitioned", "cookie.secure", problem);
    }
}

fn check_name(name: &str, problems: &mut Problems) {
    if name.is_empty() || !name.bytes().all(is_token_byte) {
        problems.add("cookie.name", "must be a token: ASCII letters, digits and !#$%&'*+-.^_`|~");
    }
    let misspelled = |prefix: &&str| starts_with_ignoring_case(name, prefix) && !name.starts_with(prefix);
    if PREFIXES.iter().any(misspelled) {
        let problem =
            "has a prefix in another letter case: write __Host-, __Secure-, __Http- or __Host-Http-";
        problems.add("cookie.name", problem);
    }
    // RFC 6265bis, section 5.5: what is longer is ignored as a whole.
    if name.len() + CookieId::MAX_CHARACTERS > 4096 {
        problems.add("cookie.name", "and the longest session id must together have at most 4,096 bytes");
    }
}

fn check_path(path: &str, problems: &mut Problems) {
    if !path.starts_with('/') {
        problems.add("cookie.path", "must begin with /");
    }
    if !path.bytes().all(|byte| byte.is_ascii_graphic() && !b";?#".contains(&byte)) {
        problems.add("cookie.path", "must be visible ASCII without ; ? # (percent-encode what is not)");
    }
    // RFC 6265bis, section 5.6: a longer attribute is ignored.
    if path.len() > 1024 {
        problems.add("cookie.path", "must have at most 1,024 bytes");
    }
}

fn check_domain(domain: &str, problems: &mut Problems) {
    if domain.len() > 253 || !domain.contains('.') || !domain.split('.').all(is_label) {
        let problem = "must be a host name like example.org: no leading dot, no port, no single label, \
                       other alphabets as xn-- (leave it out for a cookie of one host)";
        problems.add("cookie.domain", problem);
    }
    if domain.rsplit('.').next().is_some_and(is_number) {
        let problem = "must not be an IP address (leave it out: the cookie then belongs to that host)";
        problems.add("cookie.domain", problem);
    }
}

/// The rules of the name's prefix: RFC 6265bis, section 4.1.3, and the `Http` prefixes of its successor.
fn check_prefix(cookie: &CookieSettings, problems: &mut Problems) {
    let has = |prefix| starts_with_ignoring_case(&cookie.name, prefix);
    if has("__Host-") && cookie.domain.is_some() {
        let problem = "must be left out when cookie.name begins with __Host-";
        problems.add_between("cookie.domain", "cookie.name", problem);
    }
    if has("__Host-") && cookie.path != "/" {
        problems.add_between("cookie.path", "cookie.name", "must be / when cookie.name begins with __Host-");
    }
    if PREFIXES.into_iter().any(has) && !cookie.secure {
        let problem = "must be true when cookie.name begins with __Host-, __Secure- or __Http-";
        problems.add_between("cookie.secure", "cookie.name", problem);
    }
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
    use super::super::{CookieSettings, SameSite, SessionConfig};

    fn invalid(change: impl FnOnce(&mut CookieSettings)) -> Vec<String> {
        let Err(error) = SessionConfig::with(|settings| change(&mut settings.cookie)) else {
            return Vec::new();
        };
        error.fields.into_iter().map(|invalid| invalid.field.into()).collect()
    }

    #[test]
    fn names_are_tokens() {
        for good in ["AloSession", "id", "a!#$%&'*+-.^_`|~9", "_", "__host", "Host-id"] {
            assert!(invalid(|cookie| cookie.name = good.into()).is_empty(), "{good}");
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
            assert_eq!(invalid(|cookie| cookie.name = bad.into()), ["cookie.name"], "{bad:?}");
        }
    }

    #[test]
    fn prefixes_are_spelled_exactly() {
        for good in ["__Host-id", "__Secure-id", "__Http-id", "__Host-Http-id"] {
            assert!(invalid(|cookie| cookie.name = good.into()).is_empty(), "{good}");
        }
        for bad in ["__host-id", "__HOST-id", "__secure-id", "__HTTP-id", "__Host-http-id", "__hOST-Http-id"]
        {
            assert_eq!(invalid(|cookie| cookie.name = bad.into()), ["cookie.name"], "{bad}");
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
            let invalid = invalid(|cookie| {
                cookie.name = name.into();
                cookie.domain = Some("example.org".into());
                cookie.path = "/shop".into();
                cookie.secure = false;
            });
            assert_eq!(invalid, fields, "{name}");
        }
    }

    #[test]
    fn paths_cannot_leave_their_attribute() {
        for good in ["/", "/shop", "/a/b%20c/~d,(e)", &format!("/{}", "x".repeat(1023))] {
            assert!(invalid(|cookie| cookie.path = good.into()).is_empty(), "{good}");
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
            assert!(invalid(|cookie| cookie.path = bad.into()).contains(&"cookie.path".into()), "{bad:?}");
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
            assert!(invalid(|cookie| cookie.domain = Some(good.into())).is_empty(), "{good}");
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
            let invalid = invalid(|cookie| cookie.domain = Some(bad.into()));
            assert!(invalid.contains(&"cookie.domain".into()), "{bad:?}");
        }
    }

    #[test]
    fn what_other_sites_see_is_secure() {
        let with = |secure, same_site, partitioned| {
            invalid(|cookie| {
                (cookie.secure, cookie.same_site, cookie.partitioned) = (secure, same_site, partitioned);
            })
        };
        assert!(with(false, SameSite::Lax, false).is_empty());
        assert_eq!(with(false, SameSite::None, false), ["cookie.same_site"]);
        assert_eq!(with(false, SameSite::Lax, true), ["cookie.partitioned"]);
        assert!(with(true, SameSite::None, true).is_empty());
    }

    #[test]
    fn name_and_id_fit_a_cookie_together() {
        let longest = 4096 - crate::id::CookieId::MAX_CHARACTERS;
        assert!(invalid(|cookie| cookie.name = "n".repeat(longest)).is_empty());
        assert_eq!(invalid(|cookie| cookie.name = "n".repeat(longest + 1)), ["cookie.name"]);
    }
}
