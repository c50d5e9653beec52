use percent_encoding::percent_decode_str;

/// Returns `text` if it is a path of this site, and `None` if a browser, a proxy or a router might take it for anything else:
/// for a redirect to where a request says that its visitor wants to go.
///
/// It must begin with one `/`, and be printable ASCII without `\`. What stays of its path when it is decoded, once or many
/// times, must be the same: `/%2Fevil.example` is refused like `//evil.example`. So are dot segments and empty ones.
///
/// ```
/// use alo_session::own_path;
///
/// assert_eq!(own_path("/cart?page=2"), Some("/cart?page=2"));
/// for other in ["https://evil.example", "//evil.example", r"/\evil.example", "/%2fevil.example", "/\t/evil.example", "cart"] {
///     assert_eq!(own_path(other), None);
/// }
/// ```
#[must_use]
pub fn own_path(text: &str) -> Option<&str> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let path = text.split(['?', '#']).next()?;
    (is_plain && is_own(path)).then_some(text)
}

/// How often a path may be encoded.
const MOST_LAYERS: usize = 8;

fn is_own(path: &str) -> bool {
    let mut path = path.to_owned();
    for _ in 0..MOST_LAYERS {
        let Some(segments) = path.strip_prefix('/') else { return false };
        let is_bad = |segment: &str| matches!(segment, "." | "..") || segment.contains('\\');
        let mut segments = segments.split('/').peekable();
        while let Some(segment) = segments.next() {
            // The last one may be empty: `/` and `/shop/` are paths.
            if is_bad(segment) || (segment.is_empty() && segments.peek().is_some()) {
                return false;
            }
        }
        if path.chars().any(char::is_control) {
            return false;
        }
        let decoded = percent_decode_str(&path).decode_utf8_lossy().into_owned();
        if decoded == path {
            return true;
        }
        path = decoded;
    }
    false
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ordinary_paths_are_own() {
        for path in [
            "/",
            "/cart",
            "/shop/",
            "/a/b-c_d.e~f",
            "/cart?next=//evil.example&q=%0a",
            "/a#b",
            "/caf%C3%A9",
            "/a%20b",
            "/100%",
        ] {
            assert_eq!(own_path(path), Some(path));
        }
    }

    #[test]
    fn whatever_may_lead_elsewhere_is_not() {
        for path in [
            "",
            "cart",
            "?a",
            "#a",
            "https://evil.example",
            "HTTPS:evil.example",
            "javascript:alert(1)",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "\\/evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "\t//evil.example",
            " /cart",
            "/a b",
            "/a\r\nSet-Cookie: x",
            "/caf\u{e9}",
            "/\u{2215}evil.example",
            "/\0",
            "/%2Fevil.example",
            "/%2f/evil.example",
            "/%5Cevil.example",
            "/%5c%5cevil.example",
            "/%252Fevil.example",
            "/%25252Fevil.example",
            "/%09/evil.example",
            "/%0d%0aSet-Cookie:x",
            "/%00",
            "/./evil",
            "/..//evil.example",
            "/.//evil.example",
            "/a/../..//evil.example",
            "/%2e%2e/a",
            "/%2e//evil.example",
            "/a//b",
            "%2F%2Fevil.example",
            "/%25252525252525252Fevil.example",
        ] {
            assert_eq!(own_path(path), None, "{path:?}");
        }
    }

    /// What a browser makes of it.
    fn resolved(path: &str) -> url::Url {
        url::Url::parse("https://shop.example/sign-in").unwrap().join(path).unwrap()
    }

    proptest! {
        #[test]
        fn a_browser_stays_here(path in "[/\\\\.a%2f5cC09:@?# \t\n]{0,12}") {
            if let Some(path) = own_path(&path) {
                let url = resolved(path);
                prop_assert_eq!(url.host_str(), Some("shop.example"));
                prop_assert!(!url.path().starts_with("//"));
                // Also after a router or a proxy has decoded it.
                let url = resolved(&percent_decode_str(path).decode_utf8_lossy());
                prop_assert_eq!(url.host_str(), Some("shop.example"));
            }
        }
    }
}
