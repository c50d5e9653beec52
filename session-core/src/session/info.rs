use super::Session;
use crate::{
    Timestamp,
    config::SessionConfig,
    id::{Digest, SessionHandle},
    record::Live,
    store::Cursor,
};

/// One page of the list of an owner's sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionPage {
    /// The sessions, newest first. A page may have fewer sessions than its limit, or none, although more pages follow.
    pub sessions: Vec<SessionInfo>,
    /// Where the next page begins. `None` on the last page.
    pub next: Option<Cursor>,
}

/// One live session of an owner, for a list of devices. It contains neither the id nor the values of the session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionInfo {
    handle: SessionHandle,
    label: Option<String>,
    created: Timestamp,
    last_seen: Timestamp,
    authenticated: Option<Timestamp>,
    expires: Timestamp,
}

impl SessionInfo {
    pub(crate) fn new(
        digest: Digest,
        live: Live,
        expires: Timestamp,
        now: Timestamp,
        config: &SessionConfig,
    ) -> Self {
        Self {
            handle: digest.handle(),
            created: live.created,
            // A store may round a deadline up.
            last_seen: live.last_seen(config, expires).min(now),
            authenticated: live.authenticated,
            expires: expires.min(live.deadline),
            label: live.label,
        }
    }

    /// The handle of the session, with which it can be ended.
    #[must_use]
    pub const fn handle(&self) -> SessionHandle {
        self.handle
    }

    /// The name that the application [gave](Session::set_label) to the device.
    #[must_use]
    pub fn label(&self) -> Option<&str> {
        self.label.as_deref()
    }

    /// When the session was created. It may have been anonymous then.
    #[must_use]
    pub const fn created(&self) -> Timestamp {
        self.created
    }

    /// When a request last used the session. It may be up to [`touch_after`](SessionConfig::touch_after()) too early, because
    /// uses that are closer together are noted once.
    #[must_use]
    pub const fn last_seen(&self) -> Timestamp {
        self.last_seen
    }

    /// When the owner last signed in.
    #[must_use]
    pub const fn authenticated(&self) -> Option<Timestamp> {
        self.authenticated
    }

    /// When the session ends if it is not used again.
    #[must_use]
    pub const fn expires(&self) -> Timestamp {
        self.expires
    }

    /// Whether this entry is `session`.
    #[must_use]
    pub fn is(&self, session: &Session) -> bool {
        session.id_handle() == Some(self.handle)
    }
}
