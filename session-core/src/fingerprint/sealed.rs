use super::{Fingerprint, PARTS};
use crate::record::Piece;

/// A fingerprint as a session keeps it: a salt, a mark of the key, and the parts.
///
/// Mark and parts are XORed with a keyed BLAKE3 hash of the salt, so that a stolen store shows neither which browser a
/// session belongs to nor which sessions belong to the same one; with a salt for each, even though browsers are few. Without
/// a secret there is no key: the mark is 0, and the parts are stored as they are. An absent part is 0. Absent parts at the end
/// are left out, so that a fingerprint takes 16 bytes by default.
pub(super) struct Sealed {
    salt: [u8; 4],
    mark: u32,
    parts: [u32; PARTS],
}

impl Sealed {
    pub(super) fn new(fingerprint: &Fingerprint, key: Option<&[u8; 32]>, salt: [u8; 4]) -> Self {
        let (mark, pad) = mark_and_pad(key, salt);
        Self { salt, mark, parts: apply(fingerprint.parts, pad) }
    }

    /// Returns `None` if the bytes are not a fingerprint.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let ([salt, mark, stored @ ..], []) = bytes.as_chunks::<4>() else { return None };
        let mut parts = [0; PARTS];
        if stored.is_empty() || stored.len() > PARTS {
            return None;
        }
        for (part, stored) in parts.iter_mut().zip(stored) {
            *part = u32::from_le_bytes(*stored);
        }
        Some(Self { salt: *salt, mark: u32::from_le_bytes(*mark), parts })
    }

    /// Opens it with the key that sealed it. Returns `None` if that is not among the keys.
    pub(super) fn open<'k>(
        &self,
        keys: impl IntoIterator<Item = Option<&'k [u8; 32]>>,
    ) -> Option<Fingerprint> {
        keys.into_iter().find_map(|key| {
            let (mark, pad) = mark_and_pad(key, self.salt);
            (mark == self.mark).then(|| Fingerprint { parts: apply(self.parts, pad) })
        })
    }

    /// Whether it has every part that the other one has.
    pub(super) fn shows(&self, other: &Fingerprint) -> bool {
        self.parts.iter().zip(&other.parts).all(|(own, other)| *own != 0 || *other == 0)
    }

    pub(super) fn to_piece(&self) -> Piece {
        let used = self.parts.iter().rposition(|part| *part != 0).map_or(0, |last| last + 1);
        let numbers = [self.mark].into_iter().chain(self.parts).map(u32::to_le_bytes);
        let mut bytes = [[0; 4]; 2 + PARTS];
        for (place, number) in bytes.iter_mut().zip([self.salt].into_iter().chain(numbers)) {
            *place = number;
        }
        bytes.as_flattened().get(..4 * (2 + used)).unwrap_or_default().into()
    }
}

/// Seals the parts, or opens them.
fn apply(mut parts: [u32; PARTS], pad: [u32; PARTS]) -> [u32; PARTS] {
    for (part, pad) in parts.iter_mut().zip(pad) {
        if *part != 0 {
            *part ^= pad;
        }
    }
    parts
}

fn mark_and_pad(key: Option<&[u8; 32]>, salt: [u8; 4]) -> (u32, [u32; PARTS]) {
    let Some(key) = key else { return (0, [0; PARTS]) };
    let hash = blake3::keyed_hash(key, &salt);
    let mut words = hash.as_bytes().as_chunks::<4>().0.iter().map(|word| u32::from_le_bytes(*word));
    let mut next = || words.next().unwrap_or_default();
    (next(), [(); PARTS].map(|()| next()))
}
