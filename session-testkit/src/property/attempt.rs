use session_core::{
    id::StoreKey,
    store::{Cap, Revision},
};

use crate::subject::Draft;

/// A write with all its arguments, so that it can be repeated.
#[derive(Debug, Clone)]
pub(super) enum Attempt {
    Create { key: StoreKey, draft: Draft, cap: Option<Cap> },
    Commit { key: StoreKey, expected: Revision, draft: Draft },
    Delete { key: StoreKey, expected: Option<Revision>, tombstone: Option<Draft> },
    Rotate { from: StoreKey, expected: Revision, to: StoreKey, draft: Draft, tombstone: Option<Draft> },
}
