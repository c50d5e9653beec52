use session_redis::maintenance::{Maintenance, Server};

use crate::Failure;

/// The number of keys under a prefix, by kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct KeyCount {
    /// Sessions, and the tombstones of sessions that got a new id.
    pub(crate) sessions: u64,
    /// Owners with sessions.
    pub(crate) owners: u64,
    /// Owners whose sessions were ended together at some time.
    pub(crate) marks: u64,
    /// Keys that are not of session-redis.
    pub(crate) others: u64,
}

impl KeyCount {
    /// Scans every key of a server, a thousand at a time.
    pub(super) fn under(prefix: &str, maintenance: &Maintenance, server: &Server) -> Result<Self, Failure> {
        let mut count = Self::default();
        pages(maintenance, server, prefix, |keys| {
            keys.iter().for_each(|key| count.add(key));
            Ok(())
        })?;
        Ok(count)
    }

    fn add(&mut self, key: &[u8]) {
        let rest = key.iter().position(|byte| *byte == b'}').and_then(|end| key.get(end + 1..));
        let counter = match rest {
            Some([b's', b':', ..]) => &mut self.sessions,
            Some(b"i") => &mut self.owners,
            Some(b"r") => &mut self.marks,
            _ => &mut self.others,
        };
        *counter += 1;
    }
}

/// Gives all keys of a server that begin with the prefix to `take`, about a thousand looked at each time. A key may come
/// twice.
pub(crate) fn pages(
    maintenance: &Maintenance,
    server: &Server,
    prefix: &str,
    mut take: impl FnMut(Vec<Vec<u8>>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let pattern = format!("{}*", literal(prefix));
    let mut cursor = b"0".to_vec();
    loop {
        let arguments: [&[u8]; 5] = [&cursor, b"MATCH", pattern.as_bytes(), b"COUNT", b"1000"];
        let answer = maintenance.ask(server, "SCAN", &arguments)?;
        let mut parts = answer.parts().iter();
        let next = parts.next().map_or_else(|| "0".to_owned(), |part| part.text());
        take(
            parts
                .next()
                .map(|keys| keys.parts().iter().map(|key| key.bytes().to_vec()).collect())
                .unwrap_or_default(),
        )?;
        if next == "0" {
            return Ok(());
        }
        cursor = next.into_bytes();
    }
}

/// Escapes the prefix, so that the pattern matches it literally.
fn literal(prefix: &str) -> String {
    let mut pattern = String::with_capacity(prefix.len());
    for character in prefix.chars() {
        if matches!(character, '*' | '?' | '[' | ']' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_told_apart() {
        let mut count = KeyCount::default();
        for key in ["p{AA}s:BB", "p{AA}s:CC", "p{AA}i", "p{AA}r", "p{AA}x", "pother", "p{AA}"] {
            count.add(key.as_bytes());
        }
        assert_eq!(count, KeyCount { sessions: 2, owners: 1, marks: 1, others: 3 });
    }

    #[test]
    fn a_prefix_means_itself() {
        assert_eq!(literal(r"a*b?[c]\"), r"a\*b\?\[c\]\\");
    }
}
