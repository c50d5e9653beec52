use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use bytes::Bytes;
use session_core::store::Revision;

use super::Draft;

/// What was to be written under which revision, whether it was or not.
#[derive(Default)]
pub(crate) struct Known(Mutex<HashMap<[u8; 16], Bytes>>);

impl Known {
    pub(crate) fn note(&self, draft: &Draft) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(*draft.next.as_bytes(), draft.data.clone());
    }

    pub(crate) fn under(&self, revision: Revision) -> Option<Bytes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(revision.as_bytes()).cloned()
    }
}
