use redis::{Commands as _, Connection, RedisResult, ScanOptions};

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
    const PAGE: usize = 1000;

    /// Scans every key of the database, a thousand at a time.
    pub(super) fn under(prefix: &str, connection: &mut Connection) -> RedisResult<Self> {
        let options =
            ScanOptions::default().with_pattern(format!("{}*", literal(prefix))).with_count(Self::PAGE);
        let mut count = Self::default();
        for key in connection.scan_options::<Vec<u8>>(options)? {
            count.add(&key?);
        }
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
