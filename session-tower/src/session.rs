use std::{fmt, ops::Deref, sync::Arc};

use session_core::{SessionError, Timestamp, exchange::Settled};

use crate::slot::Slot;

/// The session of the request; as an axum extractor it loads the session.
///
/// It derefs to [`session_core::Session`], where reading and writing are documented. Cheap to clone; all clones, and all
/// that are extracted from one request, are the same session. What was changed is saved when the response's head is
/// ready; see the [crate](crate) for what that means for errors, streams and upgrades.
#[derive(Clone)]
pub struct Session {
    core: session_core::Session,
    slot: Arc<Slot>,
}

impl Session {
    pub(crate) const fn new(core: session_core::Session, slot: Arc<Slot>) -> Self {
        Self { core, slot }
    }

    /// Saves now what was changed so far, instead of at the response. Needed where the change must be stored before
    /// something else happens, and for every change that is made after the head of the response.
    ///
    /// A cookie that this makes necessary goes out with the response, whatever becomes of the request.
    ///
    /// # Errors
    /// [`SessionError`] when the change could not be stored.
    pub async fn save(&self) -> Result<Settled, SessionError> {
        self.slot.save(&self.core).await
    }

    /// Uses a one-time token up, in the store: of any number of concurrent requests exactly one gets `true`. Saves
    /// the session's other changes with it.
    ///
    /// # Errors
    /// [`SessionError`] when the session could not be saved; the token may then be used up.
    pub async fn consume(&self, name: &str, text: &str) -> Result<bool, SessionError> {
        self.slot.consume(&self.core, name, text).await
    }

    /// Saves the session and ends all others of its owner, such as when the password was changed. Answers how many
    /// there were. If another request changes the id of this very session at the same moment, it may end too.
    ///
    /// # Errors
    /// [`SessionError`] when nobody is signed in, the session could not be saved, or the store fails.
    pub async fn end_others(&self) -> Result<u64, SessionError> {
        self.slot.end_others(&self.core).await
    }

    /// What time it is by the layer's clock, such as for [`expires_in`](session_core::Session::expires_in).
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.slot.now()
    }
}

impl Deref for Session {
    type Target = session_core::Session;

    fn deref(&self) -> &session_core::Session {
        &self.core
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.core.fmt(f)
    }
}
