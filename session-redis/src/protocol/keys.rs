#[cfg(feature = "blocking")]
use session_core::id::decode_base64;
use session_core::id::{Digest, Family, StoreKey, encode_base64};

/// The names of the keys under a prefix.
///
/// The family is the hash tag, so that all keys of an owner are in one slot of a cluster. Names are text, for operators to
/// read; base64 has none of the characters that mean something in a name or a pattern.
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
        self.member(&key.family, &key.digest)
    }

    /// The record of a member of the family.
    pub(crate) fn member(&self, family: &Family, digest: &Digest) -> Vec<u8> {
        let mut name = self.name(family, b"s:");
        encode_base64(digest.as_bytes(), &mut name);
        name
    }

    /// The sorted set of an owner's sessions: `<prefix>{<family>}i`.
    pub(crate) fn index(&self, family: &Family) -> Vec<u8> {
        self.name(family, b"i")
    }

    /// The mark below which an owner's sessions are revoked: `<prefix>{<family>}r`.
    pub(crate) fn mark(&self, family: &Family) -> Vec<u8> {
        self.name(family, b"r")
    }

    /// The family of a key that this store writes; `None` for any other key.
    #[cfg(feature = "blocking")]
    pub(crate) fn family_of(&self, name: &[u8]) -> Option<Family> {
        let rest = name.strip_prefix(self.prefix.as_bytes())?.strip_prefix(b"{")?;
        let (tag, rest) = rest.split_at_checked(rest.iter().position(|byte| *byte == b'}')?)?;
        let mut bytes = [0; 16];
        decode_base64(tag, &mut bytes)?;
        let is_ours = rest.starts_with(b"}s:") || matches!(rest, b"}i" | b"}r");
        is_ours.then(|| Family::from_bytes(bytes))
    }

    fn name(&self, family: &Family, rest: &[u8]) -> Vec<u8> {
        // 22 letters in braces, `s:` and 43 letters.
        const LONGEST: usize = 24 + 2 + 43;

        let mut name = Vec::with_capacity(self.prefix.len() + LONGEST);
        name.extend_from_slice(self.prefix.as_bytes());
        name.push(b'{');
        encode_base64(family.as_bytes(), &mut name);
        name.push(b'}');
        name.extend_from_slice(rest);
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[cfg(feature = "blocking")]
    #[test]
    fn a_family_is_read_from_its_keys_and_from_no_other() {
        let keys = Keys::new("p{".to_owned());
        let (family, digest) = (Family::from_bytes([0xa5; 16]), Digest::from_bytes([7; 32]));
        for name in [keys.member(&family, &digest), keys.index(&family), keys.mark(&family)] {
            assert_eq!(keys.family_of(&name), Some(family));
        }
        for name in
            ["", "p{", "p{{AAAA}i", "q{{AAAAAAAAAAAAAAAAAAAAAA}i", "p{{AAAAAAAAAAAAAAAAAAAAAA}x", "p{{A}"]
        {
            assert_eq!(keys.family_of(name.as_bytes()), None, "{name}");
        }
    }
}
