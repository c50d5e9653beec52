use session_redis::fuzzing;

use super::tree;

pub(super) fn check(bytes: &[u8], piece: usize) {
    let (replies, garbled) = fuzzing::decoded(bytes, usize::MAX);
    let cut = fuzzing::decoded(bytes, piece);
    assert_eq!(cut, (replies.clone(), garbled), "cut into pieces of {piece}");
    // Its version 3 has more types than ours reads, and none of ours is another there.
    for (ours, theirs) in replies.iter().zip(tree::parsed(bytes)) {
        assert!(ours.is(theirs.clone()), "{ours:?} {theirs:?}");
    }
}
