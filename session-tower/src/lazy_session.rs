use std::{fmt, sync::Arc};

use http::{Extensions, HeaderMap, Request, request::Parts};
use session_core::SessionError;

use crate::{Session, SessionFailure, client::Client, slot::Slot};

/// The session of the request, not loaded before [`load`](Self::load) is called: for handlers that need it only
/// sometimes, and for middleware.
///
/// It keeps what loading needs of the request (the `Cookie` headers and what enters the fingerprint), so it may outlive
/// the request; the values are shared, not copied. It cannot be made of a request's extensions alone, as the headers are
/// not there.
///
/// ```
/// # use http::Request;
/// # use session_tower::{LazySession, SessionFailure};
/// /// What a middleware does with a request that it looks at on its way in.
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
    /// The session of a request that has come through a [`SessionLayer`](crate::SessionLayer).
    ///
    /// # Errors
    /// [`SessionFailure`] when there is no such layer around the caller.
    pub fn from_request<B>(request: &Request<B>) -> Result<Self, SessionFailure> {
        Self::new(request.headers(), request.extensions())
    }

    /// The same of a request's head.
    ///
    /// # Errors
    /// As for [`from_request`](Self::from_request).
    pub fn from_parts(parts: &Parts) -> Result<Self, SessionFailure> {
        Self::new(&parts.headers, &parts.extensions)
    }

    /// The session, loaded unless that was done before in this request.
    ///
    /// # Errors
    /// [`SessionError`] when the store fails or holds what cannot be read; never an empty session instead. The next call
    /// tries again.
    pub async fn load(&self) -> Result<Session, SessionError> {
        let core = self.slot.load(&self.client.visit()).await?;
        Ok(Session::new(core, Arc::clone(&self.slot)))
    }

    /// The session if somebody has loaded it already.
    #[must_use]
    pub fn loaded(&self) -> Option<Session> {
        let core = self.slot.loaded()?.clone();
        Some(Session::new(core, Arc::clone(&self.slot)))
    }

    fn new(headers: &HeaderMap, extensions: &Extensions) -> Result<Self, SessionFailure> {
        let slot = Arc::clone(slot(extensions)?);
        let network = slot.settings().network(headers, extensions);
        Ok(Self { slot, client: Client::new(headers, network) })
    }
}

pub(crate) fn slot(extensions: &Extensions) -> Result<&Arc<Slot>, SessionFailure> {
    extensions.get().ok_or_else(SessionFailure::missing_layer)
}

impl fmt::Debug for LazySession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LazySession").field("session", &self.slot.loaded()).finish_non_exhaustive()
    }
}
