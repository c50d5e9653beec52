use crate::{config::SessionConfig, id::CookieId, visit::Visit};

const MAX_CANDIDATES: usize = 4;
const MAX_HEADER_BYTES: usize = 64 * 1024;

/// The session ids among the request's cookies, in the order they came, each once and at most four.
///
/// Only cookies of exactly the configured name count, and only values that an id can have; anything else is no error
/// but no candidate. A candidate has the form of an id: whether it is one only the store knows. Of the headers the first
/// 64 KiB are looked at.
///
/// ```
/// use session_core::{config::SessionConfig, cookie::candidates, id::{Algorithm, CookieId, Generator}, visit::Visit};
///
/// let config = SessionConfig::default();
/// let id = CookieId::generate(config.algorithm(), None, &Generator)?;
/// let header = format!("theme=dark; AloSession=planted; AloSession={}", id.expose().as_str());
/// assert_eq!(candidates(&Visit::new().cookie(header.as_bytes()), &config), [id]);
/// # Ok::<(), session_core::id::EntropyError>(())
/// ```
#[must_use]
pub fn candidates(visit: &Visit<'_>, config: &SessionConfig) -> Vec<CookieId> {
    let name = config.cookie().name().as_bytes();
    let mut found = Vec::new();
    let mut seen: [&[u8]; MAX_CANDIDATES] = [&[]; MAX_CANDIDATES];
    let mut left = MAX_HEADER_BYTES;
    for header in visit.cookies() {
        let pairs = whole_pairs(header, left);
        left = left.saturating_sub(header.len());
        for value in pairs
            .split(|byte| *byte == b';')
            .filter_map(|pair| value_of(pair, name))
        {
            // An id has one spelling, so the texts tell repetitions apart before anything is hashed.
            if seen.contains(&value) {
                continue;
            }
            let (Ok(id), Some(slot)) = (
                CookieId::parse(config.algorithm(), value),
                seen.get_mut(found.len()),
            ) else {
                continue;
            };
            *slot = value;
            found.push(id);
            if found.len() == MAX_CANDIDATES {
                return found;
            }
        }
    }
    found
}

/// The header up to the limit, without the pair that the limit would cut in two.
fn whole_pairs(header: &[u8], limit: usize) -> &[u8] {
    match header.get(..limit) {
        Some(start) if header.len() > limit => {
            let end = start.iter().rposition(|byte| *byte == b';').unwrap_or(0);
            start.get(..end).unwrap_or_default()
        }
        _ => header,
    }
}

/// The value of a pair with this name, without blanks and one pair of quotes around it.
fn value_of<'a>(pair: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let value = trim(pair).strip_prefix(name)?;
    let value = trim(trim(value).strip_prefix(b"=")?);
    match value {
        [b'"', quoted @ .., b'"'] => Some(quoted),
        value => Some(value),
    }
}

/// Blank and tab only: to trim more would let a name that is another to the browser pass for ours.
fn trim(bytes: &[u8]) -> &[u8] {
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let start = bytes
        .iter()
        .position(|byte| !is_blank(byte))
        .unwrap_or(bytes.len());
    let end = bytes
        .iter()
        .rposition(|byte| !is_blank(byte))
        .map_or(start, |last| last + 1);
    bytes.get(start..end).unwrap_or_default()
}
