use std::time::Duration;

use bytes::Bytes;
use session_core::{id::StoreKey, store::Revision};

use super::Draft;

/// The record that the store must hold under a key, and the two moments between which its deadline was set.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    pub(crate) key: StoreKey,
    pub(crate) revision: Revision,
    pub(crate) data: Bytes,
    pub(crate) ttl: Duration,
    pub(crate) asked: Duration,
    pub(crate) answered: Duration,
}

impl Held {
    pub(crate) fn new(key: &StoreKey, draft: &Draft, asked: Duration, answered: Duration) -> Self {
        Self { key: *key, revision: draft.next, data: draft.data.clone(), ttl: draft.ttl, asked, answered }
    }
}

/// Formats bytes for a message.
pub(crate) fn show(data: &[u8]) -> String {
    let front: Vec<String> = data.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let more = if data.len() > 8 { "…" } else { "" };
    format!("{} bytes [{}{more}]", data.len(), front.join(" "))
}
