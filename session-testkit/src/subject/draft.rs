use std::time::Duration;

use bytes::Bytes;
use session_core::store::{Revision, Write};

/// A write that owns its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Draft {
    pub(crate) next: Revision,
    pub(crate) data: Bytes,
    pub(crate) ttl: Duration,
}

impl Draft {
    pub(crate) fn write(&self) -> Write<'_> {
        Write { next: self.next, data: &self.data, ttl: self.ttl }
    }

    pub(crate) fn living(mut self, ttl: Duration) -> Self {
        self.ttl = ttl;
        self
    }

    pub(crate) fn saying(mut self, data: impl Into<Bytes>) -> Self {
        self.data = data.into();
        self
    }
}
