//! How the session of a request is loaded, on first use.

use std::{net::IpAddr, sync::Arc};

use session_core::{
    OpenSession, SessionError, Timestamp, Visit, exchange::head_sent, session::Arrival, store::Applied,
};

use super::RequestSession;
use crate::{Client, Head, Session, request::Circumstances};

impl RequestSession {
    /// Returns the session and loads it if necessary. Concurrent callers wait for one load; if it fails or is cancelled, the
    /// next caller loads. `network` is the address of the client, from a source that the application trusts, for a fingerprint
    /// with [`Network`](session_core::config::FingerprintProperty::Network).
    ///
    /// # Errors
    /// [`SessionError`] if the store fails or the record cannot be read; never an empty session instead.
    pub async fn load<H: Head>(
        self: &Arc<Self>,
        head: &H,
        network: Option<IpAddr>,
    ) -> Result<Session, SessionError> {
        let now = self.now();
        let (visit, circumstances) = self.visit(head, network);
        if let Some(session) = self.open_now(&visit, circumstances, now) {
            return session;
        }
        // In a box, because this future is a part of that of every handler, which is moved and allocated for each request.
        Box::pin(async move { self.open(&visit, circumstances, now).await }).await
    }

    /// Like [`load`](Self::load), for a request that may be gone.
    ///
    /// # Errors
    /// See [`load`](Self::load).
    pub async fn load_later<V: AsRef<[u8]> + Clone>(
        self: &Arc<Self>,
        client: &Client<V>,
    ) -> Result<Session, SessionError> {
        self.open(&client.visit(), client.circumstances(), self.now()).await
    }

    /// Makes the visit, which is not needed any more when the session is there.
    fn visit<'a, H: Head>(&self, head: &'a H, network: Option<IpAddr>) -> (Visit<'a>, Circumstances) {
        let headers = self.headers(head);
        let circumstances = Circumstances::of(head.method(), &headers, self);
        (circumstances.add_to(headers.visit(network)), circumstances)
    }

    /// Opens the session at once. `None` if the store may wait, or another call of it is under way.
    fn open_now(
        self: &Arc<Self>,
        visit: &Visit<'_>,
        circumstances: Circumstances,
        now: Timestamp,
    ) -> Option<Result<Session, SessionError>> {
        let _turn = self.turns.try_take()?;
        match self.opened() {
            Some(session) => Some(Ok(self.hand_out(session))),
            None => Some(self.keep(self.sessions.core().open_now(visit, now)?, circumstances)),
        }
    }

    async fn open(
        self: &Arc<Self>,
        visit: &Visit<'_>,
        circumstances: Circumstances,
        now: Timestamp,
    ) -> Result<Session, SessionError> {
        if let Some(session) = self.opened() {
            return Ok(self.hand_out(session));
        }
        let _turn = self.turn().await;
        match self.opened() {
            Some(session) => Ok(self.hand_out(session)),
            None => self.keep(self.sessions.core().open(visit, now).await, circumstances),
        }
    }

    fn keep(
        self: &Arc<Self>,
        opened: Result<OpenSession, SessionError>,
        circumstances: Circumstances,
    ) -> Result<Session, SessionError> {
        let session = opened.map_err(without_effect)?;
        if circumstances.has_port && !circumstances.by_header && session.arrival() == Arrival::Expired {
            self.sessions.hints().unknown_id(&self.cookie().name);
        }
        Ok(self.hand_out(self.session.get_or_init(|| session)))
    }

    fn hand_out(self: &Arc<Self>, session: &OpenSession) -> Session {
        // It may have been set while the session was being loaded.
        if self.is_answered() {
            head_sent(session);
        }
        Session::new(session.clone(), Arc::clone(self))
    }
}

/// A request whose session cannot be loaded has changed nothing and may be repeated, also if the answer of the store was lost.
fn without_effect(error: SessionError) -> SessionError {
    match error {
        SessionError::Store(error) => error.with_applied(Applied::No).into(),
        error => error,
    }
}
