//! What a store may decide as it likes: which of two sessions is the older one, where nothing tells.

use session_core::id::Digest;

use crate::model::Entry;

/// Whether `one` certainly is older than `other`. Sessions of one moment are not; a rotated one is as old as it was.
pub(super) fn certainly_older(one: &Entry, other: &Entry) -> bool {
    one.born < other.born
}

/// Whether the digests, which are among the entries, may be an order from old to new.
pub(super) fn may_be_old_to_new(digests: &[Digest], entries: &[(Digest, &Entry)]) -> bool {
    let in_order: Vec<&Entry> = digests.iter().filter_map(|digest| find(entries, digest)).collect();
    in_order
        .iter()
        .enumerate()
        .all(|(index, one)| in_order.iter().skip(index + 1).all(|later| !certainly_older(later, one)))
}

/// Whether these may be the oldest of the entries.
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
