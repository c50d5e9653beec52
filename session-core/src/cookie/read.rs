use crate::{config::SessionConfig, id::CookieId, visit::Visit};

/// The most candidates at the front, and the most at the end. A sibling domain plants cookies with a longer path before the
/// real one, and cookies with the same path behind it.
const MAX_CANDIDATES: usize = 4;
const MAX_HEADER_BYTES: usize = 64 * 1024;

/// Returns the values among the request's cookies that can be a session id, in their order, each once: the first four and
/// the last four. A sibling domain that plants more than that hides the real one; only a name with `__Host-` prevents it.
///
/// Only cookies with exactly the configured name count, and only values in the form of an id; all others are skipped.
/// Whether a candidate is an id only the store knows. Reads at most the first 64 KiB of the headers.
///
/// ```
/// use session_core::{config::SessionConfig, id::{CookieId, Generator}, internal::candidates, visit::Visit};
///
/// let config = SessionConfig::default();
/// let id = CookieId::generate(config.algorithm, None, &Generator)?;
/// let header = format!("theme=dark; AloSession=planted; AloSession={}", id.expose().as_str());
/// assert_eq!(candidates(&Visit::new().cookie(header.as_bytes()), &config), [id]);
/// # Ok::<(), session_core::id::EntropyError>(())
/// ```
#[must_use]
pub fn candidates(visit: &Visit<'_>, config: &SessionConfig) -> Vec<CookieId> {
    let mut found = Vec::new();
    find(visit, config, |id| found.push(id));
    found
}

/// Like [`candidates`], but hands each one over instead of collecting them. Returns whether there is a cookie whose name only
/// begins like that of the session, such as the one of [forms](values).
///
/// The id of a request that carries it in a header is the only one, and there are no cookies.
pub(crate) fn find(visit: &Visit<'_>, config: &SessionConfig, mut hand_over: impl FnMut(CookieId)) -> bool {
    if let Some(value) = visit.by_header() {
        CookieId::parse(trim(value)).into_iter().for_each(hand_over);
        return false;
    }
    let name = config.cookie.name.as_bytes();
    let (mut found, mut has_longer_name) = (0, false);
    let mut seen: [&[u8]; MAX_CANDIDATES] = [&[]; MAX_CANDIDATES];
    let mut last: Vec<CookieId> = Vec::new();
    let mut left = MAX_HEADER_BYTES;
    for header in visit.cookies() {
        let pairs = whole_pairs(header, left);
        left = left.saturating_sub(header.len());
        for rest in split(pairs).filter_map(|pair| trim(pair).strip_prefix(name)) {
            let Some(value) = assigned(rest) else {
                has_longer_name = true;
                continue;
            };
            // An id has one spelling, so comparing the texts finds repetitions before anything is hashed.
            if seen.contains(&value) {
                continue;
            }
            let Ok(id) = CookieId::parse(value) else { continue };
            if let Some(slot) = seen.get_mut(found) {
                *slot = value;
                found += 1;
                hand_over(id);
            } else if !last.contains(&id) {
                if last.len() == MAX_CANDIDATES {
                    last.remove(0);
                }
                last.push(id);
            }
        }
    }
    if !last.is_empty() {
        last.into_iter().for_each(hand_over);
    }
    has_longer_name
}

/// Calls `found` with the value of each cookie of this name and suffix, in their order, as long as it returns true.
pub(crate) fn values<'v>(
    visit: &Visit<'v>,
    name: &[u8],
    suffix: &[u8],
    mut found: impl FnMut(&'v [u8]) -> bool,
) {
    let mut left = MAX_HEADER_BYTES;
    for header in visit.cookies() {
        let pairs = whole_pairs(header, left);
        left = left.saturating_sub(header.len());
        let mut values = split(pairs).filter_map(|pair| {
            let rest = trim(pair).strip_prefix(name)?;
            assigned(rest.strip_prefix(suffix)?)
        });
        if !values.all(&mut found) {
            return;
        }
    }
}

/// Cuts the header at the limit, and drops the pair that the limit would cut in two.
fn whole_pairs(header: &[u8], limit: usize) -> &[u8] {
    match header.get(..limit) {
        Some(start) if header.len() > limit => {
            let end = start.iter().rposition(|byte| *byte == b';').unwrap_or(0);
            start.get(..end).unwrap_or_default()
        }
        _ => header,
    }
}

/// Splits the header at its semicolons.
fn split(mut rest: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (pair, behind) = rest.split_at_checked(length_of_pair(rest))?;
        rest = behind.get(1..).unwrap_or_default();
        Some(pair)
    })
}

/// Returns the number of bytes before the first semicolon. All bytes of a chunk are compared at once.
fn length_of_pair(pairs: &[u8]) -> usize {
    let has_one = |chunk: &[u8; 16]| chunk.iter().fold(false, |found, byte| found | (*byte == b';'));
    let before = 16 * pairs.as_chunks().0.iter().take_while(|chunk| !has_one(chunk)).count();
    let rest = pairs.get(before..).unwrap_or_default();
    before + rest.iter().position(|byte| *byte == b';').unwrap_or(rest.len())
}

/// Returns the value behind the name in a pair, without surrounding blanks and one pair of quotes.
fn assigned(rest: &[u8]) -> Option<&[u8]> {
    let value = trim(trim(rest).strip_prefix(b"=")?);
    match value {
        [b'"', quoted @ .., b'"'] => Some(quoted),
        value => Some(value),
    }
}

/// Trims blanks and tabs only. Trimming more would accept a name that the browser treats as a different one.
fn trim(bytes: &[u8]) -> &[u8] {
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let start = bytes.iter().position(|byte| !is_blank(byte)).unwrap_or(bytes.len());
    let end = bytes.iter().rposition(|byte| !is_blank(byte)).map_or(start, |last| last + 1);
    bytes.get(start..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::id::{Algorithm, Digest, Generator, SessionId};

    fn id() -> CookieId {
        CookieId::generate(Algorithm::Sha512, None, &Generator).unwrap()
    }

    fn text(id: &CookieId) -> String {
        id.expose().to_string()
    }

    fn read(headers: &[&[u8]]) -> Vec<CookieId> {
        let visit = headers.iter().fold(Visit::new(), |visit, header| visit.cookie(header));
        candidates(&visit, &SessionConfig::default())
    }

    fn read_one(header: impl AsRef<[u8]>) -> Vec<CookieId> {
        read(&[header.as_ref()])
    }

    #[test]
    fn the_usual_spellings_are_read() {
        let id = id();
        let value = text(&id);
        for header in [
            format!("AloSession={value}"),
            format!("a=b; AloSession={value}; c=d"),
            format!("a=b;AloSession={value};c=d"),
            format!(" \tAloSession={value}\t ;"),
            format!("AloSession=\"{value}\""),
            format!("AloSession = {value}"),
            format!(";;; =; nameless; =x; a==; AloSession={value}"),
        ] {
            assert_eq!(read_one(&header), std::slice::from_ref(&id), "{}", header.replace(&value, "<id>"));
        }
    }

    #[test]
    fn other_names_are_not_ours() {
        let value = text(&id());
        for name in [
            "alosession",
            "ALOSESSION",
            "AloSessio",
            "AloSession2",
            "xAloSession",
            "__Host-AloSession",
            "AloSession\u{a0}",
            "\u{2000}AloSession",
            "AloSession\x0b",
            "\x0cAloSession",
            "\"AloSession\"",
            "=AloSession",
            "$AloSession",
            "Alo%53ession",
        ] {
            assert!(read_one(format!("{name}={value}")).is_empty(), "{name:?}");
        }
        assert!(read_one(format!("x,AloSession={value}")).is_empty(), "a comma separates nothing");
        assert!(read_one(value).is_empty(), "a value without a name");
    }

    #[test]
    fn values_that_cannot_be_an_id_are_no_candidates() {
        let id = id();
        let value = text(&id);
        let digest = SessionId::parse(value.as_bytes()).unwrap().digest();
        for bad in [
            String::new(),
            "\"\"".to_owned(),
            "\"".to_owned(),
            format!("\"{value}"),
            format!("{value}\""),
            format!("\"\"{value}\"\""),
            format!("{value}="),
            format!("{value} x"),
            value.replace(&value[..1], "%41"),
            value[1..].to_owned(),
            format!("{}.{value}", "A".repeat(21)),
            format!("{digest:?}"),
            hex(digest.as_bytes()),
            format!("{}é", &value[2..]),
            "x".repeat(100_000),
        ] {
            assert!(read_one(format!("AloSession={bad}")).is_empty(), "{} characters", bad.len());
        }
        assert!(read_one([b"AloSession=", &[0xff; 86][..]].concat()).is_empty());
        assert!(read_one(b"").is_empty());
        assert!(read(&[]).is_empty());
    }

    #[test]
    fn the_ids_of_every_algorithm_are_read_whichever_is_configured() {
        const ALL: [Algorithm; 4] =
            [Algorithm::Random, Algorithm::Sha512, Algorithm::Sha256, Algorithm::Blake3];
        for made in ALL {
            let id = CookieId::generate(made, None, &Generator).unwrap();
            let header = format!("AloSession={}", text(&id));
            for configured in ALL {
                let config = SessionConfig::with(|settings| settings.algorithm = configured).unwrap();
                let found = candidates(&Visit::new().cookie(header.as_bytes()), &config);
                assert_eq!(found, std::slice::from_ref(&id), "{made:?} {configured:?}");
            }
        }
    }

    #[test]
    fn several_cookies_keep_their_order_and_repeat_nothing() {
        let ids: Vec<_> = (0..12).map(|_| id()).collect();
        let cookies: Vec<_> = ids.iter().map(|id| format!("AloSession={}", text(id))).collect();
        assert_eq!(read_one(cookies[..2].join("; ")), ids[..2]);
        assert_eq!(
            read(&[cookies[1].as_bytes(), b"a=b", cookies[0].as_bytes()]),
            [ids[1].clone(), ids[0].clone()]
        );
        let twice = format!("{0}; {1}; AloSession=\"{2}\"; {0}", cookies[0], cookies[1], text(&ids[0]));
        assert_eq!(read(&[twice.as_bytes(), twice.as_bytes()]), ids[..2]);
        for at_most in [4, 5, 8] {
            assert_eq!(read_one(cookies[..at_most].join("; ")), ids[..at_most]);
        }
        let ends = [&ids[..4], &ids[8..]].concat();
        assert_eq!(read_one(cookies.join("; ")), ends, "the first four and the last four");
        let twice = format!("{0}; {1}; {0}; {1}", cookies.join("; "), cookies[11]);
        assert_eq!(read_one(twice), ends);
    }

    #[test]
    fn the_first_64_kib_are_looked_at() {
        let id = id();
        let cookie = format!("AloSession={}", text(&id));
        let room = MAX_HEADER_BYTES - cookie.len();
        let after = |garbage: usize| format!("{};{cookie}", "x".repeat(garbage - 1));
        assert_eq!(read_one(after(room)), std::slice::from_ref(&id), "up to the last byte");
        assert!(read_one(after(room + 1)).is_empty(), "one byte is behind the limit");
        assert!(read(&[&[b'x'; MAX_HEADER_BYTES], cookie.as_bytes()]).is_empty(), "over all headers");
        let longer = format!("{}{}", after(room), "A".repeat(9));
        assert!(read_one(longer).is_empty(), "the start of a value is not a value");
    }

    #[test]
    fn long_garbage_is_no_candidate() {
        let wrong = format!("AloSession={};", "A".repeat(CookieId::MAX_CHARACTERS));
        for pair in [&wrong, ";", "AloSession=\"", " ", "AloSession=;", "\u{a0}=\u{a0};"] {
            assert!(read_one(pair.repeat(1 << 20)).is_empty(), "{pair:?}");
        }
    }

    #[test]
    fn nothing_is_allocated_without_a_candidate() {
        assert_eq!(read_one("theme=dark; AloSession=planted; AloSession").capacity(), 0);
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    // Made of the parts that matter to the parser, so that near misses happen.
    fn headers() -> impl Strategy<Value = Vec<Vec<u8>>> {
        let known = text(&id());
        let piece = prop_oneof![
            Just(b"AloSession".to_vec()),
            Just(known.clone().into_bytes()),
            Just(known.into_bytes()[..85].to_vec()),
            prop::sample::select(b";= \t\",A\xff\0".to_vec()).prop_map(|byte| vec![byte]),
            prop::collection::vec(any::<u8>(), 0..20),
        ];
        let header = prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat());
        prop::collection::vec(header, 0..4)
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_are_survived(headers in headers()) {
            let headers: Vec<_> = headers.iter().map(Vec::as_slice).collect();
            let found = read(&headers);
            prop_assert!(found.len() <= 2 * MAX_CANDIDATES);
            let distinct: std::collections::BTreeSet<Digest> = found.iter().map(|id| id.key().digest).collect();
            prop_assert_eq!(distinct.len(), found.len());
            for id in found {
                let value = text(&id).into_bytes();
                prop_assert!(headers.iter().any(|header| header.windows(value.len()).any(|window| window == value)));
            }
        }
    }
}
