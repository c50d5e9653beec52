use session_core::{
    cookie::SetCookie,
    id::{CookieId, StoreKey},
};

/// The cookie that a browser holds, if it holds one.
#[derive(Clone, Default)]
pub(crate) struct Browser {
    header: Vec<u8>,
    key: Option<StoreKey>,
}

impl Browser {
    /// A browser that holds this id.
    pub(crate) fn with(name: &str, id: &CookieId) -> Self {
        Self { header: format!("{name}={}", id.expose().as_str()).into_bytes(), key: Some(*id.key()) }
    }

    /// Follows the `Set-Cookie` of a response.
    pub(crate) fn told(&mut self, name: &str, cookie: &SetCookie) {
        match cookie {
            SetCookie::Keep => {}
            SetCookie::Set { id, .. } => *self = Self::with(name, id),
            SetCookie::Remove => *self = Self::default(),
        }
    }

    /// The value of its `Cookie` header.
    pub(crate) fn header(&self) -> &[u8] {
        &self.header
    }

    /// The store key of the id that the browser holds.
    pub(crate) const fn key(&self) -> Option<StoreKey> {
        self.key
    }
}
