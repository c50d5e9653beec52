use super::OpenSession;
use crate::{
    Timestamp,
    config::SessionConfig,
    id::{Digest, SessionHandle},
    record::Live,
    store::Cursor,
};

/// One page of the list of an owner's sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SessionPage {
    /// The sessions, newest first. A page may have fewer sessions than its limit, or none, although more pages follow.
    pub sessions: Vec<SessionInfo>,
    /// Where the next page begins. `None` on the last page.
    pub next: Option<Cursor>,
}

/// One live session of an owner, for a list of devices. It contains neither the id nor the values of the session.
#[doc(alias = "device")]
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SessionInfo {
    /// The handle of the session, with which it can be ended.
    pub handle: SessionHandle,
    /// The name that the application [gave](OpenSession::set_label) to the device.
    pub label: Option<String>,
    /// When the session was created. It may have been anonymous then.
    pub created: Timestamp,
    /// When a request last used the session. It may be up to [`touch_after`](SessionConfig::touch_after()) too early, because
    /// uses that are closer together are noted once.
    pub last_seen: Timestamp,
    /// When the owner last signed in.
    pub authenticated: Option<Timestamp>,
    /// When the session ends if it is not used again.
    pub expires: Timestamp,
    /// Whether the record cannot be read. Then only `handle` and `expires` are known, and the other times are zero. The
    /// session can be ended like any other.
    pub unreadable: bool,
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
            label: live.label.map(Into::into),
            unreadable: false,
        }
    }

    pub(crate) const fn unreadable(digest: Digest, expires: Timestamp) -> Self {
        let unknown = Timestamp::from_millis(0);
        Self {
            handle: digest.handle(),
            label: None,
            created: unknown,
            last_seen: unknown,
            authenticated: None,
            expires,
            unreadable: true,
        }
    }

    /// Whether this entry is `session`.
    #[must_use]
    pub fn is(&self, session: &OpenSession) -> bool {
        session.id_handle() == Some(self.handle)
    }
}
