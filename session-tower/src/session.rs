use std::{fmt, ops::Deref, sync::Arc, time::Duration};

use session_core::{
    SessionError, Timestamp,
    exchange::{Liveness, Settled},
    session::Arrival,
};

use crate::{Main, kind::Kind, slot::Slot};

/// The session of the request. As an axum extractor it loads the session.
///
/// It derefs to [`session_core::OpenSession`], which documents how to read and write. Clones are cheap; all clones and all
/// extractors of one request are the same session. Changes are saved when the head of the response is ready. The
/// [crate](crate) describes errors, streams and upgrades.
pub struct Session<K = Main> {
    core: session_core::OpenSession,
    slot: Arc<Slot>,
    kind: Kind<K>,
}

impl<K> Session<K> {
    pub(crate) const fn new(core: session_core::OpenSession, slot: Arc<Slot>) -> Self {
        Self { core, slot, kind: Kind::new() }
    }

    pub(crate) const fn slot(&self) -> &Arc<Slot> {
        &self.slot
    }

    /// Saves the changes now instead of with the response. Needed if they must be stored before something else happens, and
    /// for every change after the head of the response.
    ///
    /// If the session needs a cookie, the response gets it even if the request fails later.
    ///
    /// # Errors
    /// [`SessionError`] if the changes could not be stored.
    pub async fn save(&self) -> Result<Settled, SessionError> {
        self.slot.save(&self.core).await
    }

    /// Uses up a one-time token in the store. Of any number of concurrent requests, exactly one gets `true`. Other changes of
    /// the session are saved with it.
    ///
    /// # Errors
    /// [`SessionError`] if the session could not be saved; the token may be used up then.
    pub async fn consume(&self, name: impl AsRef<str>, text: &str) -> Result<bool, SessionError> {
        self.slot.consume(&self.core, name.as_ref(), text).await
    }

    /// Saves the session and ends all others of its owner, for example after a change of the password. Returns their number.
    /// If another request changes the id of this session at the same moment, this one may end too.
    ///
    /// # Errors
    /// [`SessionError`] if no owner is signed in, the session could not be saved, or the store fails.
    pub async fn end_others(&self) -> Result<u64, SessionError> {
        self.slot.end_others(&self.core).await
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
    pub async fn refresh(&self) -> Result<Liveness, SessionError> {
        self.slot.refresh(&self.core, true).await
    }

    /// Like [`refresh`](Self::refresh), but does not count as a use.
    ///
    /// # Errors
    /// See [`refresh`](Self::refresh).
    pub async fn check(&self) -> Result<Liveness, SessionError> {
        self.slot.refresh(&self.core, false).await
    }

    /// Waits until the session has ended, and returns how. It asks the store once in each interval and does not count as a use,
    /// so a session that nobody uses expires. If the store fails, it waits for the next interval.
    ///
    /// A call that is dropped and repeated, as in a loop with `select!`, goes on waiting where the last one was.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use axum::{extract::ws::{WebSocket, WebSocketUpgrade}, response::Response};
    /// use session_tower::{Session, SessionFailure};
    ///
    /// async fn talk(mut socket: WebSocket, session: Session) {
    ///     loop {
    ///         tokio::select! {
    ///             how = session.ended(Duration::from_secs(10)) => {
    ///                 println!("The session has ended: {how:?}");
    ///                 return;
    ///             }
    ///             message = socket.recv() => match message {
    ///                 // What the visitor does here counts as a use of the session.
    ///                 Some(Ok(message)) if session.refresh().await.is_ok() => drop(socket.send(message).await),
    ///                 _ => return,
    ///             }
    ///         }
    ///     }
    /// }
    ///
    /// async fn open(session: Session, upgrade: WebSocketUpgrade) -> Response {
    ///     upgrade.on_upgrade(|socket| talk(socket, session))
    /// }
    /// # let _: axum::Router = axum::Router::new().route("/", axum::routing::get(open));
    /// ```
    ///
    /// # Panics
    /// Outside of a tokio runtime with a timer.
    pub async fn ended(&self, interval: Duration) -> Arrival {
        loop {
            self.slot.next_check(interval).await;
            match self.check().await {
                Ok(Liveness::Alive) => {}
                Ok(Liveness::Ended(how)) => return how,
                Err(error) => {
                    tracing::warn!(target: "alo_session", %error, "it is not known whether the session of a socket lives");
                }
            }
        }
    }

    /// Returns the time of the layer's clock, as [`expires_in`](session_core::OpenSession::expires_in) needs it.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.slot.now()
    }
}

impl<K> Deref for Session<K> {
    type Target = session_core::OpenSession;

    fn deref(&self) -> &session_core::OpenSession {
        &self.core
    }
}

impl<K> Clone for Session<K> {
    fn clone(&self) -> Self {
        Self { core: self.core.clone(), slot: Arc::clone(&self.slot), kind: self.kind }
    }
}

impl<K> fmt::Debug for Session<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.core.fmt(f)
    }
}
