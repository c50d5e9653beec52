use session_core::{
    id::{Digest, Family, StoreKey},
    store::Revision,
};

use crate::defect::Defect;

/// The key as the mutant stores it.
pub(crate) fn kept(defect: Defect, key: &StoreKey) -> StoreKey {
    let mut bytes = *key.digest.as_bytes();
    let mut family = key.family;
    match defect {
        Defect::KeysFoldCase => bytes.make_ascii_lowercase(),
        Defect::KeysTrimBlanks => {
            for byte in bytes.iter_mut().rev().take_while(|byte| **byte == b' ' || **byte == 0) {
                *byte = 0;
            }
        }
        Defect::KeysAreCut => bytes[31] = 0,
        Defect::KeysForgetTheFamily => family = Family::from_bytes([0x80; 16]),
        _ => {}
    }
    StoreKey { family, digest: Digest::from_bytes(bytes) }
}

/// Whether the mutant takes the two revisions for the same.
pub(crate) fn same(defect: Defect, one: Revision, other: Revision) -> bool {
    match defect {
        Defect::RevisionsCompareInPart => one.as_bytes()[..8] == other.as_bytes()[..8],
        _ => one == other,
    }
}

/// Whether a revoke of `asked` reaches `family`.
pub(crate) fn reaches(defect: Defect, asked: &Family, family: &Family) -> bool {
    let pattern = asked.as_bytes();
    match pattern.iter().position(|byte| *byte == b'*') {
        Some(star) if defect == Defect::RevokeByPattern => pattern[..star] == family.as_bytes()[..star],
        _ => asked == family,
    }
}
