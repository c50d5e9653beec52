use serde::Serialize;

use super::error::Problems;

/// How large a session may grow. Going over is an error before anything is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct Limits {
    pub(super) max_bytes: usize,
    pub(super) max_keys: usize,
    pub(super) max_key_bytes: usize,
}

impl Limits {
    // What a MEDIUMBLOB holds, the column of the MySQL store.
    const MOST_BYTES: usize = 16_777_215;
    // Three keys are reserved; a session that holds nothing else is of no use.
    const FEWEST_KEYS: usize = 4;
    const MOST_KEYS: usize = 65_536;

    /// The largest record, in bytes as a store keeps it. Default 1 MiB (1,048,576).
    #[must_use]
    pub const fn max_bytes(&self) -> usize {
        self.max_bytes
    }

    /// The most keys of one session, the reserved ones included. Default 1,024.
    #[must_use]
    pub const fn max_keys(&self) -> usize {
        self.max_keys
    }

    /// The longest key, in bytes of UTF-8. Default 255.
    #[must_use]
    pub const fn max_key_bytes(&self) -> usize {
        self.max_key_bytes
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        problems.require(
            (1024..=Self::MOST_BYTES).contains(&self.max_bytes),
            "limits.max_bytes",
            "must be from 1,024 to 16,777,215, the most that every store can hold",
        );
        problems.require(
            (Self::FEWEST_KEYS..=Self::MOST_KEYS).contains(&self.max_keys),
            "limits.max_keys",
            "must be from 4 (three keys are reserved) to 65,536",
        );
        problems.require(
            self.max_key_bytes >= 1 && self.max_key_bytes < self.max_bytes,
            "limits.max_key_bytes",
            "must be at least 1 and less than limits.max_bytes",
        );
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_bytes: 1 << 20, max_keys: 1024, max_key_bytes: 255 }
    }
}
