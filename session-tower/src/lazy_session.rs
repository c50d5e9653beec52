use std::{fmt, sync::Arc};

use http::{Extensions, HeaderMap, Request, request::Parts};
use session_core::SessionError;

use crate::{Session, SessionFailure, client::Client, slot::Slot};

/// The session of the request, which is loaded when [`load`](Self::load) is called: for middleware, and for handlers that
/// do not always need it.
///
/// It may outlive the request, because it keeps the headers that loading needs: `Cookie` and those of the fingerprint. The
/// values are shared, not copied. The extensions of a request are not enough to make one.
///
/// ```
/// # use http::Request;
/// # use session_tower::{LazySession, SessionFailure};
/// /// A middleware may ask this before it passes the request on.
/// async fn is_signed_in<B>(request: &Request<B>) -> Result<bool, SessionFailure> {
///     let session = LazySession::from_request(request)?;
///     Ok(session.load().await?.owner().is_some())
/// }
/// ```
#[derive(Clone)]
pub struct LazySession {
    slot: Arc<Slot>,
    client: Client,
}

impl LazySession {
    /// Returns the session of a request that passed through a [`SessionLayer`](crate::SessionLayer).
    ///
    /// # Errors
    /// [`SessionFailure`] if there is no such layer around the caller.
    pub fn from_request<B>(request: &Request<B>) -> Result<Self, SessionFailure> {
        Self::new(request.headers(), request.extensions())
    }

    /// Like [`from_request`](Self::from_request), for the head of a request.
    ///
    /// # Errors
    /// See [`from_request`](Self::from_request).
    pub fn from_parts(parts: &Parts) -> Result<Self, SessionFailure> {
        Self::new(&parts.headers, &parts.extensions)
    }

    /// Returns the session. It is loaded once in each request.
    ///
    /// # Errors
    /// [`SessionError`] if the store fails or the record cannot be read; never an empty session instead. The next call tries
    /// again.
    pub async fn load(&self) -> Result<Session, SessionError> {
        let core = self.slot.load(&self.client.visit()).await?;
        Ok(Session::new(core, Arc::clone(&self.slot)))
    }

    /// Returns the session if it is already loaded.
    #[must_use]
    pub fn loaded(&self) -> Option<Session> {
        let core = self.slot.loaded()?.clone();
        Some(Session::new(core, Arc::clone(&self.slot)))
    }

    fn new(headers: &HeaderMap, extensions: &Extensions) -> Result<Self, SessionFailure> {
        let slot = Arc::clone(Slot::of(extensions)?);
        let network = slot.options().network(headers, extensions);
        Ok(Self { slot, client: Client::new(headers, network) })
    }
}

impl fmt::Debug for LazySession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LazySession").field("session", &self.slot.loaded()).finish_non_exhaustive()
    }
}
