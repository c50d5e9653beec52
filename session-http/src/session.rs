use std::{fmt, ops::Deref, sync::Arc, time::Duration};

use session_core::{
    OpenSession, SessionError, Timestamp,
    exchange::{Liveness, Settled},
    session::Arrival,
};

use crate::RequestSession;

/// The loaded session of a request. The session that a framework's crate gives to handlers derefs to it.
///
/// It derefs to [`OpenSession`], which documents how to read and write. Clones are cheap; all clones and all extractors of one
/// request are the same session. Changes are saved when the head of the response is ready.
#[derive(Clone)]
pub struct Session {
    core: OpenSession,
    request: Arc<RequestSession>,
}

impl Session {
    pub(crate) const fn new(core: OpenSession, request: Arc<RequestSession>) -> Self {
        Self { core, request }
    }

    pub(crate) const fn request(&self) -> &Arc<RequestSession> {
        &self.request
    }

    /// Saves the changes now instead of with the response. Needed if they must be stored before something else happens, and
    /// for every change after the head of the response.
    ///
    /// If the session needs a cookie, the response gets it even if the request fails later.
    ///
    /// # Errors
    /// [`SessionError`] if the changes could not be stored.
    pub async fn save(&self) -> Result<Settled, SessionError> {
        self.request.save(&self.core).await
    }

    /// Uses up a one-time token in the store. Of any number of concurrent requests, exactly one gets `true`. Other changes of
    /// the session are saved with it.
    ///
    /// # Errors
    /// [`SessionError`] if the session could not be saved; the token may be used up then.
    pub async fn consume(&self, name: impl AsRef<str>, text: &str) -> Result<bool, SessionError> {
        self.request.consume(&self.core, name.as_ref(), text).await
    }

    /// Saves the session and ends all others of its owner, for example after a change of the password. Returns their number.
    /// If another request changes the id of this session at the same moment, this one may end too.
    ///
    /// # Errors
    /// [`SessionError`] if no owner is signed in, the session could not be saved, or the store fails.
    pub async fn end_others(&self) -> Result<u64, SessionError> {
        self.request.end_others(&self.core).await
    }

    /// Brings the session of a websocket or a stream up to date and says whether it lives. It takes over what other requests
    /// wrote, follows rotations by age, and counts as a use of the session. It takes one load, and a small write if the
    /// deadline must be extended.
    ///
    /// A session that has ended holds nothing any more and cannot be changed. One that is not asked for longer than its idle
    /// lifetime may miss that its id was replaced, and then also counts as ended; [`ended`](Self::ended) asks often enough.
    ///
    /// # Errors
    /// [`SessionError`] if the store fails, the record cannot be read, or a change that is not saved yet is not possible on what
    /// another request wrote.
    #[doc(alias("reload", "load", "websocket"))]
    pub async fn refresh(&self) -> Result<Liveness, SessionError> {
        self.request.refresh(&self.core, true).await
    }

    /// Like [`refresh`](Self::refresh), but does not count as a use.
    ///
    /// # Errors
    /// See [`refresh`](Self::refresh).
    pub async fn check(&self) -> Result<Liveness, SessionError> {
        self.request.refresh(&self.core, false).await
    }

    /// Waits until the session has ended, and returns how. It asks the store once in each interval and does not count as a use,
    /// so a session that nobody uses expires. If the store fails, it waits for the next interval.
    ///
    /// A call that is dropped and repeated, as in a loop with `select!`, goes on waiting where the last one was.
    ///
    /// # Panics
    /// Outside of a tokio runtime with a timer.
    #[doc(alias("websocket", "stream"))]
    pub async fn ended(&self, interval: Duration) -> Arrival {
        loop {
            self.request.next_check(interval).await;
            match self.check().await {
                Ok(Liveness::Alive) => {}
                Ok(Liveness::Ended(how)) => return how,
                Err(error) => {
                    tracing::warn!(target: "alo_session", %error, "it is not known whether the session of a socket lives");
                }
            }
        }
    }

    /// Returns the time of the clock, as [`expires_in`](OpenSession::expires_in) needs it.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.request.now()
    }
}

impl Deref for Session {
    type Target = OpenSession;

    fn deref(&self) -> &OpenSession {
        &self.core
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.core.fmt(f)
    }
}
