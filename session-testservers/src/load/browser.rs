use session_core::{cookie::SetCookie, id::StoreKey};

/// The cookie that a browser holds, if it holds one.
#[derive(Clone, Default)]
pub(super) struct Browser {
    header: Vec<u8>,
    key: Option<StoreKey>,
}

impl Browser {
    /// Does what a response said about the cookie of this name.
    pub(super) fn told(&mut self, name: &str, cookie: &SetCookie) {
        match cookie {
            SetCookie::Keep => {}
            SetCookie::Set { id, .. } => {
                self.header = format!("{name}={}", id.expose().as_str()).into_bytes();
                self.key = Some(*id.key());
            }
            SetCookie::Remove => *self = Self::default(),
        }
    }

    /// The value of its `Cookie` header.
    pub(super) fn header(&self) -> &[u8] {
        &self.header
    }

    /// The key of the session that it holds the id of.
    pub(super) const fn key(&self) -> Option<StoreKey> {
        self.key
    }
}
