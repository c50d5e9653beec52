use http::{
    HeaderMap, HeaderValue,
    header::{CACHE_CONTROL, CDN_CACHE_CONTROL, Entry, HeaderName, OccupiedEntry, VARY},
};

const SURROGATE_CONTROL: HeaderName = HeaderName::from_static("surrogate-control");

/// The `Cache-Control` header of a response whose session was loaded. Such a response also gets `Vary: Cookie`.
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
    /// The header stays as the handler left it, but a response that sets the session's cookie is `private`.
    Leave,
}

impl CachePolicy {
    pub(crate) fn apply(self, headers: &mut HeaderMap, sets_cookie: bool) {
        vary_by_cookie(headers);
        let directive = match self {
            Self::NoStore => "no-store",
            // A shared cache that keeps the cookie would give one session to everybody.
            Self::Leave if sets_cookie => "private",
            Self::Private => "private",
            Self::Leave => return,
        };
        for name in [CDN_CACHE_CONTROL, SURROGATE_CONTROL] {
            // Hardly any response has them, and to look at all names is quicker than to hash one.
            if headers.keys().any(|present| present == name)
                && let Entry::Occupied(mut occupied) = headers.entry(name)
                && !is_personal(&occupied)
            {
                occupied.insert(HeaderValue::from_static("no-store"));
            }
        }
        match headers.entry(CACHE_CONTROL) {
            Entry::Vacant(vacant) => {
                vacant.insert(HeaderValue::from_static(directive));
            }
            Entry::Occupied(mut occupied) => {
                if !is_personal(&occupied) {
                    occupied.insert(HeaderValue::from_static(directive));
                }
            }
        }
    }
}

fn vary_by_cookie(headers: &mut HeaderMap) {
    let covered = |name: &str| name == "*" || name.eq_ignore_ascii_case("cookie");
    match headers.entry(VARY) {
        Entry::Vacant(vacant) => {
            vacant.insert(HeaderValue::from_static("cookie"));
        }
        Entry::Occupied(mut occupied) => {
            if !elements(occupied.iter()).any(covered) {
                occupied.append(HeaderValue::from_static("cookie"));
            }
        }
    }
}

/// Whether the handler forbids shared caches to keep the response. A `private` with field names applies to those fields
/// only, and the names may be any words, so a header with quotes does not count.
fn is_personal(control: &OccupiedEntry<'_, HeaderValue>) -> bool {
    if control.iter().any(|line| line.as_bytes().contains(&b'"')) {
        return false;
    }
    let says =
        |directive: &str| elements(control.iter()).any(|element| element.eq_ignore_ascii_case(directive));
    says("no-store") || (says("private") && !says("public"))
}

fn elements<'a>(lines: impl Iterator<Item = &'a HeaderValue>) -> impl Iterator<Item = &'a str> {
    lines.filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(',')).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(policy: CachePolicy, before: &[(HeaderName, &'static str)]) -> [Vec<String>; 2] {
        let mut headers = HeaderMap::new();
        for (name, value) in before {
            headers.append(name.clone(), HeaderValue::from_static(value));
        }
        policy.apply(&mut headers, false);
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
                policy.apply(&mut headers, true);
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
            policy.apply(&mut headers, sets_cookie);
            [CDN_CACHE_CONTROL, SURROGATE_CONTROL].map(|name| headers[name].to_str().unwrap().to_owned())
        };
        for (policy, sets_cookie) in
            [(CachePolicy::NoStore, false), (CachePolicy::Private, false), (CachePolicy::Leave, true)]
        {
            assert_eq!(targeted(policy, sets_cookie), ["no-store", "no-store"], "{policy:?}");
        }
        assert_eq!(targeted(CachePolicy::Leave, false), ["max-age=60", "max-age=60"]);
        let mut headers = HeaderMap::new();
        CachePolicy::NoStore.apply(&mut headers, true);
        assert_eq!(headers.len(), 2, "none is added where there was none");
    }

    #[test]
    fn a_list_in_a_field_name_directive_is_not_taken_for_private() {
        let before = [(CACHE_CONTROL, "no-cache=\"a, private, b\", max-age=60")];
        assert_eq!(applied(CachePolicy::NoStore, &before)[1], ["no-store"]);
    }
}
