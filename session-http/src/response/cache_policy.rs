use super::ResponseHeaders;
use crate::request::text;

/// The `Cache-Control` header of a response whose session was loaded. Such a response also gets `Vary: Cookie`, and the name of
/// the [header](session_core::config::Settings::id_header) that may carry the id.
///
/// A `no-store` or `private` that the handler set is kept. Any other value would let a shared cache serve the page of one
/// visitor to all, and is replaced. So is that of `CDN-Cache-Control` and `Surrogate-Control`, if the handler set one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum CachePolicy {
    /// `no-store`: neither the browser nor any cache keeps the response (OWASP ASVS 5.0, 14.3.2).
    #[default]
    NoStore,
    /// `private`: the browser may keep the response, shared caches must not.
    Private,
    /// The header stays as the handler left it, but a response that sets the session's cookie, or tells its id in a header, is
    /// `private`.
    Leave,
}

impl CachePolicy {
    /// `id_header` is the name of the header that may carry the id, `tells_id` whether the response has an id.
    pub(crate) fn apply(self, headers: &mut impl ResponseHeaders, id_header: Option<&str>, tells_id: bool) {
        let found = Found::of(headers, id_header);
        if !found.varies_by_cookie {
            headers.append("vary", "cookie");
        }
        if let Some(id_header) = id_header.filter(|_| !found.varies_by_id_header) {
            headers.append_text("vary", id_header);
        }
        let directive = match self {
            Self::NoStore => "no-store",
            // A shared cache that keeps the cookie would give one session to everybody.
            Self::Leave if tells_id => "private",
            Self::Private => "private",
            Self::Leave => return,
        };
        let targeted = [("cdn-cache-control", &found.cdn), ("surrogate-control", &found.surrogate)];
        for (name, control) in targeted {
            if control.is_there && !control.is_personal() {
                headers.replace(name, "no-store");
            }
        }
        if !found.cache.is_personal() {
            headers.replace("cache-control", directive);
        }
    }
}

/// What the handler said to caches. All of it is found in one pass, because most responses have few headers.
#[derive(Default)]
struct Found {
    varies_by_cookie: bool,
    varies_by_id_header: bool,
    cache: Control,
    cdn: Control,
    surrogate: Control,
}

impl Found {
    fn of(headers: &impl ResponseHeaders, id_header: Option<&str>) -> Self {
        let mut found = Self::default();
        for (name, value) in headers.lines() {
            match name {
                "vary" => {
                    let covers = |other: &str| {
                        elements(value).any(|name| name == "*" || name.eq_ignore_ascii_case(other))
                    };
                    found.varies_by_cookie |= covers("cookie");
                    found.varies_by_id_header |= id_header.is_some_and(covers);
                }
                "cache-control" => found.cache.note(value),
                "cdn-cache-control" => found.cdn.note(value),
                "surrogate-control" => found.surrogate.note(value),
                _ => {}
            }
        }
        found
    }
}

/// All lines of one header with directives.
#[derive(Default)]
struct Control {
    is_there: bool,
    has_quotes: bool,
    no_store: bool,
    private: bool,
    public: bool,
}

impl Control {
    fn note(&mut self, line: &[u8]) {
        self.is_there = true;
        self.has_quotes |= line.contains(&b'"');
        for element in elements(line) {
            self.no_store |= element.eq_ignore_ascii_case("no-store");
            self.private |= element.eq_ignore_ascii_case("private");
            self.public |= element.eq_ignore_ascii_case("public");
        }
    }

    /// Whether the handler forbids shared caches to keep the response. A `private` with field names applies to those fields
    /// only, and the names may be any words, so a header with quotes does not count.
    const fn is_personal(&self) -> bool {
        !self.has_quotes && (self.no_store || (self.private && !self.public))
    }
}

fn elements(line: &[u8]) -> impl Iterator<Item = &str> {
    text(line).into_iter().flat_map(|line| line.split(',')).map(str::trim)
}

#[cfg(test)]
mod tests {
    use http::{
        HeaderMap, HeaderName, HeaderValue,
        header::{CACHE_CONTROL, CDN_CACHE_CONTROL, VARY},
    };

    use super::*;

    const SURROGATE_CONTROL: HeaderName = HeaderName::from_static("surrogate-control");

    fn applied(policy: CachePolicy, before: &[(HeaderName, &'static str)]) -> [Vec<String>; 2] {
        let mut headers = HeaderMap::new();
        for (name, value) in before {
            headers.append(name.clone(), HeaderValue::from_static(value));
        }
        policy.apply(&mut headers, None, false);
        [VARY, CACHE_CONTROL].map(|name| {
            let values = headers.get_all(name).iter();
            values.map(|value| value.to_str().unwrap().to_owned()).collect()
        })
    }

    #[test]
    fn vary_is_added_once() {
        let vary = |before: &[(HeaderName, &'static str)]| applied(CachePolicy::Leave, before)[0].join("|");
        assert_eq!(vary(&[]), "cookie");
        assert_eq!(vary(&[(VARY, "Accept, COOKIE")]), "Accept, COOKIE");
        assert_eq!(vary(&[(VARY, "*")]), "*");
        assert_eq!(vary(&[(VARY, "accept"), (VARY, "x-cookie")]), "accept|x-cookie|cookie");
    }

    #[test]
    fn only_what_keeps_shared_caches_off_is_kept() {
        let control = |policy, before| applied(policy, &[(CACHE_CONTROL, before)])[1].join("|");
        for kept in ["no-store", "private, max-age=60", "Private", "max-age=0, No-Store"] {
            assert_eq!(control(CachePolicy::NoStore, kept), kept);
            assert_eq!(control(CachePolicy::Private, kept), kept);
        }
        for replaced in
            ["public", "max-age=60", "no-cache", "private, public", "private=\"x-name\", max-age=60"]
        {
            assert_eq!(control(CachePolicy::NoStore, replaced), "no-store");
            assert_eq!(control(CachePolicy::Private, replaced), "private");
            assert_eq!(control(CachePolicy::Leave, replaced), replaced);
        }
        assert_eq!(applied(CachePolicy::NoStore, &[])[1], ["no-store"]);
        assert!(applied(CachePolicy::Leave, &[])[1].is_empty());
    }

    #[test]
    fn a_response_that_sets_the_cookie_is_never_public() {
        for policy in [CachePolicy::NoStore, CachePolicy::Private, CachePolicy::Leave] {
            for before in ["public, max-age=60", "max-age=60", "s-maxage=60, private, public"] {
                let mut headers = HeaderMap::from_iter([(CACHE_CONTROL, HeaderValue::from_static(before))]);
                policy.apply(&mut headers, None, true);
                let expected = if policy == CachePolicy::NoStore { "no-store" } else { "private" };
                assert_eq!(headers[CACHE_CONTROL], expected, "{policy:?} {before}");
            }
        }
    }

    #[test]
    fn what_the_handler_told_a_cdn_is_no_way_round() {
        let targeted = |policy: CachePolicy, sets_cookie| {
            let public = || HeaderValue::from_static("max-age=60");
            let mut headers =
                HeaderMap::from_iter([(CDN_CACHE_CONTROL, public()), (SURROGATE_CONTROL, public())]);
            policy.apply(&mut headers, None, sets_cookie);
            [CDN_CACHE_CONTROL, SURROGATE_CONTROL].map(|name| headers[name].to_str().unwrap().to_owned())
        };
        for (policy, sets_cookie) in
            [(CachePolicy::NoStore, false), (CachePolicy::Private, false), (CachePolicy::Leave, true)]
        {
            assert_eq!(targeted(policy, sets_cookie), ["no-store", "no-store"], "{policy:?}");
        }
        assert_eq!(targeted(CachePolicy::Leave, false), ["max-age=60", "max-age=60"]);
        let mut headers = HeaderMap::new();
        CachePolicy::NoStore.apply(&mut headers, None, true);
        assert_eq!(headers.len(), 2, "none is added where there was none");
    }

    #[test]
    fn a_list_in_a_field_name_directive_is_not_taken_for_private() {
        let before = [(CACHE_CONTROL, "no-cache=\"a, private, b\", max-age=60")];
        assert_eq!(applied(CachePolicy::NoStore, &before)[1], ["no-store"]);
    }
}
