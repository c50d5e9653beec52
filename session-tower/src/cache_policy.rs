use http::{
    HeaderMap, HeaderValue,
    header::{CACHE_CONTROL, Entry, OccupiedEntry, VARY},
};

/// The `Cache-Control` header of a response whose session was loaded. Such a response also gets `Vary: Cookie`.
///
/// A `no-store` or `private` that the handler set is kept. Any other value would let a shared cache serve the page of one
/// visitor to all, and is replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum CachePolicy {
    /// `no-store`: neither the browser nor any cache keeps the response (OWASP ASVS 5.0, 14.3.2).
    #[default]
    NoStore,
    /// `private`: the browser may keep the response, shared caches must not.
    Private,
    /// The header stays as the handler left it.
    Leave,
}

impl CachePolicy {
    pub(crate) fn apply(self, headers: &mut HeaderMap) {
        vary_by_cookie(headers);
        let directive = match self {
            Self::NoStore => "no-store",
            Self::Private => "private",
            Self::Leave => return,
        };
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

    fn applied(policy: CachePolicy, before: &[(http::HeaderName, &'static str)]) -> [Vec<String>; 2] {
        let mut headers = HeaderMap::new();
        for (name, value) in before {
            headers.append(name.clone(), HeaderValue::from_static(value));
        }
        policy.apply(&mut headers);
        [VARY, CACHE_CONTROL].map(|name| {
            let values = headers.get_all(name).iter();
            values.map(|value| value.to_str().unwrap().to_owned()).collect()
        })
    }

    #[test]
    fn vary_is_added_once() {
        let vary =
            |before: &[(http::HeaderName, &'static str)]| applied(CachePolicy::Leave, before)[0].join("|");
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
    fn a_list_in_a_field_name_directive_is_not_taken_for_private() {
        let before = [(CACHE_CONTROL, "no-cache=\"a, private, b\", max-age=60")];
        assert_eq!(applied(CachePolicy::NoStore, &before)[1], ["no-store"]);
    }
}
