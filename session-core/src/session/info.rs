use super::Session;
use crate::{
    Timestamp,
    config::SessionConfig,
    id::{Digest, SessionHandle},
    record::Live,
    store::Cursor,
};

/// A part of an owner's list of sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionPage {
    /// Newest first. There may be fewer than were asked for, even none, although more follow.
    pub sessions: Vec<SessionInfo>,
    /// Where the next part begins; nothing if none follows.
    pub next: Option<Cursor>,
}

/// One live session of an owner, for a list of devices. It holds no id and nothing of what the application stored.
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

    /// The name of the session, with which it can be ended.
    #[must_use]
    pub const fn handle(&self) -> SessionHandle {
        self.handle
    }

    /// The name of the device, if the application [gave](Session::set_label) it one.
    #[must_use]
    pub fn label(&self) -> Option<&str> {
        self.label.as_deref()
    }

    /// When the session was created, before the sign-in if it was anonymous then.
    #[must_use]
    pub const fn created(&self) -> Timestamp {
        self.created
    }

    /// When a request last used it, at most [`touch_after`](SessionConfig::touch_after()) too early: uses that are closer
    /// together are noted once.
    #[must_use]
    pub const fn last_seen(&self) -> Timestamp {
        self.last_seen
    }

    /// When the owner last signed in to it.
    #[must_use]
    pub const fn authenticated(&self) -> Option<Timestamp> {
        self.authenticated
    }

    /// When it ends if nobody uses it again.
    #[must_use]
    pub const fn expires(&self) -> Timestamp {
        self.expires
    }

    /// Whether it is this one, as it was stored last.
    #[must_use]
    pub fn is(&self, session: &Session) -> bool {
        session.id_handle() == Some(self.handle)
    }
}
