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
        path.bytes()
            .all(|byte| byte.is_ascii_graphic() && !b";?#".contains(&byte)),
        "cookie.path",
        "must be visible ASCII without ; ? # (percent-encode what is not)",
    );
    problems.require(
        path.len() <= MAX_ATTRIBUTE_BYTES,
        "cookie.path",
        "must have at most 1,024 bytes",
    );
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
        problems.require(
            cookie.domain.is_none(),
            "cookie.domain",
            "must be left out when cookie.name begins with __Host-",
        );
        problems.require(
            cookie.path == "/",
            "cookie.path",
            "must be / when cookie.name begins with __Host-",
        );
    }
    problems.require(
        cookie.secure || !PREFIXES.into_iter().any(has),
        "cookie.secure",
        "must be true when cookie.name begins with __Host-, __Secure- or __Http-",
    );
}

fn starts_with_ignoring_case(name: &str, prefix: &str) -> bool {
    name.get(..prefix.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
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
