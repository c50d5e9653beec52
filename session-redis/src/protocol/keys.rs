use session_core::id::{Digest, Family, StoreKey};

/// The names of the keys under a prefix.
///
/// The family is the hash tag, so that all keys of an owner live in one slot of a cluster. Names are text, for the
/// operator's eyes; base64 has none of the characters that mean something in a name or a pattern.
#[derive(Debug, Clone)]
pub(crate) struct Keys {
    prefix: String,
}

impl Keys {
    pub(crate) const fn new(prefix: String) -> Self {
        Self { prefix }
    }

    /// The record of a session: `<prefix>{<family>}s:<digest>`.
    pub(crate) fn session(&self, key: &StoreKey) -> Vec<u8> {
        let mut name = self.name(&key.family, b"s:");
        append(&mut name, key.digest.as_bytes());
        name
    }

    /// The record of a member of the family.
    pub(crate) fn member(&self, family: &Family, digest: &Digest) -> Vec<u8> {
        self.session(&StoreKey { family: *family, digest: *digest })
    }

    /// The sorted set of an owner's sessions: `<prefix>{<family>}i`.
    pub(crate) fn index(&self, family: &Family) -> Vec<u8> {
        self.name(family, b"i")
    }

    /// The mark below which an owner's sessions are revoked: `<prefix>{<family>}r`.
    pub(crate) fn mark(&self, family: &Family) -> Vec<u8> {
        self.name(family, b"r")
    }

    fn name(&self, family: &Family, rest: &[u8]) -> Vec<u8> {
        let mut name = Vec::with_capacity(self.prefix.len() + LONGEST);
        name.extend_from_slice(self.prefix.as_bytes());
        name.push(b'{');
        append(&mut name, family.as_bytes());
        name.push(b'}');
        name.extend_from_slice(rest);
        name
    }
}

/// What follows the prefix of a session's name: 22 letters in braces, `s:` and 43 letters.
const LONGEST: usize = 24 + 2 + 43;

/// Puts the unpadded URL-safe base64 of the bytes behind the name. They are no secret, so a table serves.
fn append(name: &mut Vec<u8>, bytes: &[u8]) {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    let (threes, rest) = bytes.as_chunks();
    for [a, b, c] in threes {
        name.extend_from_slice(&letters(ALPHABET, u32::from_be_bytes([0, *a, *b, *c])));
    }
    match rest {
        [a] => name.extend(letters(ALPHABET, u32::from_be_bytes([0, *a, 0, 0])).into_iter().take(2)),
        [a, b] => name.extend(letters(ALPHABET, u32::from_be_bytes([0, *a, *b, 0])).into_iter().take(3)),
        _ => {}
    }
}

fn letters(alphabet: &[u8; 64], bits: u32) -> [u8; 4] {
    [18, 12, 6, 0].map(|shift| alphabet.get((bits >> shift & 0x3f) as usize).copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_written_as_everybody_does() {
        use base64ct::{Base64UrlUnpadded, Encoding as _};

        let bytes: Vec<u8> = (0..=255).rev().collect();
        for bytes in (0..bytes.len()).map(|length| &bytes[..length]) {
            let mut name = Vec::new();
            append(&mut name, bytes);
            assert_eq!(name, Base64UrlUnpadded::encode_string(bytes).as_bytes());
        }
    }

    #[test]
    fn the_names_are_these() {
        let keys = Keys::new("_alo_sess_".to_owned());
        let (family, digest) = (Family::from_bytes([0xff; 16]), Digest::from_bytes([0; 32]));
        let text = |name: Vec<u8>| String::from_utf8(name).unwrap();
        let tag = "_____________________w";
        assert_eq!(text(keys.member(&family, &digest)), format!("_alo_sess_{{{tag}}}s:{}", "A".repeat(43)));
        assert_eq!(text(keys.index(&family)), format!("_alo_sess_{{{tag}}}i"));
        assert_eq!(text(keys.mark(&family)), format!("_alo_sess_{{{tag}}}r"));
    }
}
