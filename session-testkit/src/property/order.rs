//! The order of sessions that were created at the same moment, which a store may choose.

use session_core::id::Digest;

use crate::model::Entry;

/// Whether `one` is certainly older than `other`. A rotated session keeps its age.
pub(super) fn certainly_older(one: &Entry, other: &Entry) -> bool {
    one.born < other.born
}

/// Whether the digests can be in the order from old to new.
pub(super) fn may_be_old_to_new(digests: &[Digest], entries: &[(Digest, &Entry)]) -> bool {
    let in_order: Vec<&Entry> = digests.iter().filter_map(|digest| find(entries, digest)).collect();
    in_order
        .iter()
        .enumerate()
        .all(|(index, one)| in_order.iter().skip(index + 1).all(|later| !certainly_older(later, one)))
}

/// Whether these can be the oldest entries.
pub(super) fn may_be_the_oldest(digests: &[Digest], entries: &[(Digest, &Entry)]) -> bool {
    let known = digests.iter().all(|digest| find(entries, digest).is_some());
    let kept = entries.iter().filter(|(digest, _)| !digests.contains(digest));
    known
        && kept.into_iter().all(|(_, kept)| {
            let ended = digests.iter().filter_map(|digest| find(entries, digest));
            ended.into_iter().all(|ended| !certainly_older(kept, ended))
        })
        && may_be_old_to_new(digests, entries)
}

fn find<'a>(entries: &[(Digest, &'a Entry)], digest: &Digest) -> Option<&'a Entry> {
    entries.iter().find(|(known, _)| known == digest).map(|(_, entry)| *entry)
}
