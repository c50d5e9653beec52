use std::fmt;

use session_core::store::AnyStore;

use super::cross::Cross;
use crate::Opened;

/// The API of a store that a case uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ApiKind {
    Nonblocking,
    Blocking,
    NonblockingWrites,
    BlockingWrites,
}

impl ApiKind {
    /// The APIs of a store that was opened.
    pub(super) fn of(opened: &Opened) -> &'static [Self] {
        match (&opened.nonblocking, &opened.blocking) {
            (Some(_), Some(_)) => {
                &[Self::Nonblocking, Self::Blocking, Self::NonblockingWrites, Self::BlockingWrites]
            }
            (Some(_), None) => &[Self::Nonblocking],
            (None, _) => &[Self::Blocking],
        }
    }

    /// Whether the case must run inside the runtime.
    pub(super) fn needs_runtime(self) -> bool {
        self != Self::Blocking
    }

    /// Whether one API writes and the other reads.
    pub(super) fn is_crosswise(self) -> bool {
        matches!(self, Self::NonblockingWrites | Self::BlockingWrites)
    }

    pub(super) fn pick(self, opened: &Opened) -> Option<AnyStore> {
        let nonblocking = opened.nonblocking.clone();
        let blocking = opened.blocking.clone();
        match self {
            Self::Nonblocking => nonblocking,
            Self::Blocking => blocking,
            Self::NonblockingWrites => cross(nonblocking?, blocking?),
            Self::BlockingWrites => cross(blocking?, nonblocking?),
        }
    }
}

fn cross(writes: AnyStore, reads: AnyStore) -> Option<AnyStore> {
    Some(AnyStore::new(Cross { writes, reads }))
}

impl fmt::Display for ApiKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nonblocking => "async",
            Self::Blocking => "blocking",
            Self::NonblockingWrites => "async-writes-blocking-reads",
            Self::BlockingWrites => "blocking-writes-async-reads",
        })
    }
}
