use std::{fmt, num::NonZeroU32, time::Duration};

use super::Revision;
use crate::length::Length;

/// One record to be written.
#[derive(Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "callers build it")]
pub struct Write<'a> {
    /// The revision of the record afterwards. The writer chooses it: every attempt has another one, every retry of an
    /// attempt the same.
    pub next: Revision,
    /// The bytes to store. The store does not interpret them.
    pub data: &'a [u8],
    /// The time until the record expires, counted from the write. A value below the resolution of the store is rounded up;
    /// every record has a deadline.
    pub ttl: Duration,
}

impl fmt::Debug for Write<'_> {
    /// Shows the length of the bytes, which contain values and tokens.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Write")
            .field("next", &self.next)
            .field("data", &Length(self.data.len()))
            .field("ttl", &self.ttl)
            .finish()
    }
}

/// The limit on the live sessions of one owned family, enforced atomically with the create.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "callers build it")]
pub struct Cap {
    /// The greatest number of live sessions of the family, the new one included.
    pub max: NonZeroU32,
    /// What a create does if the family already has that many.
    pub on_full: OnFull,
}

/// What happens to a create in a family that is at its [`Cap`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "a store must handle every case")]
pub enum OnFull {
    /// The create returns [`Full`](super::CreateOutcome::Full) and changes nothing.
    Refuse,
    /// The oldest sessions of the family end until the new one fits.
    #[default]
    EvictOldest,
}
