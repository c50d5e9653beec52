use std::{num::NonZeroU32, time::Duration};

use super::Revision;

/// One record to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Write<'a> {
    /// The revision the record has afterwards. Chosen by the writer; every attempt has its own, every retry of
    /// one attempt has the same.
    pub next: Revision,
    /// The bytes to keep, unread by the store.
    pub data: &'a [u8],
    /// How long the record lives from the moment the store writes it. A value under the store's resolution
    /// rounds up; nothing is ever stored without a deadline.
    pub ttl: Duration,
}

/// The limit on the live sessions of one owned family, enforced atomically with the create.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cap {
    /// How many live sessions the family may have, the new one included.
    pub max: NonZeroU32,
    /// What a create does when the family already has that many.
    pub on_full: OnFull,
}

/// What happens to a create in a family that is at its [`Cap`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnFull {
    /// The create answers [`Full`](super::CreateOutcome::Full) and changes nothing.
    Refuse,
    /// The oldest sessions of the family end until the new one fits.
    #[default]
    EvictOldest,
}
