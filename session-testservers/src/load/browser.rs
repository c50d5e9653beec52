use session_core::{cookie::SetCookie, id::StoreKey};

/// The cookie that a browser holds, if it holds one.
#[derive(Clone, Default)]
pub(super) struct Browser {
    header: Vec<u8>,
    key: Option<StoreKey>,
}

impl Browser {
    /// Follows the `Set-Cookie` of a response for the cookie of this name.
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

    /// The store key of the id that the browser holds.
    pub(super) const fn key(&self) -> Option<StoreKey> {
        self.key
    }
}
