use session_core::{
    cookie::SetCookie,
    id::{CookieId, StoreKey},
};

/// What a browser holds: the cookie of one session, or none.
#[derive(Clone, Default)]
pub(crate) struct Browser {
    header: Vec<u8>,
    key: Option<StoreKey>,
}

impl Browser {
    /// A browser with this id, wherever it has it from.
    pub(crate) fn with(name: &str, id: &CookieId) -> Self {
        Self { header: format!("{name}={}", id.expose().as_str()).into_bytes(), key: Some(*id.key()) }
    }

    /// Does what a response said.
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

    /// The key of the session that it holds the id of.
    pub(crate) const fn key(&self) -> Option<StoreKey> {
        self.key
    }
}
