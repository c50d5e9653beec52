use std::{fmt, sync::Arc};

use http::HeaderValue;
use session_core::SessionError;
use session_http::{Client, Kind, RequestSession};

use crate::{Main, RequestHead, Session, SessionFailure, placed::Placed};

/// The session of the request, which is loaded when [`load`](Self::load) is called: for middleware, and for handlers that
/// do not always need it.
///
/// It may outlive the request, because it keeps the headers that loading needs: `Cookie` and those of the fingerprint. The
/// values are shared, not copied. The extensions of a request are not enough to make one.
///
/// ```
/// # use http::Request;
/// # use alo_session::{LazySession, SessionFailure};
/// /// A middleware may ask this before it passes the request on.
/// async fn is_signed_in<B>(request: &Request<B>) -> Result<bool, SessionFailure> {
///     let session = LazySession::from_request(request)?;
///     Ok(session.load().await?.owner().is_some())
/// }
/// ```
#[doc(alias("extractor", "middleware"))]
pub struct LazySession<K = Main> {
    request: Arc<RequestSession>,
    client: Client<HeaderValue>,
    kind: Kind<K>,
}

impl LazySession {
    /// Returns the session of a request that passed through a [`SessionLayer`](crate::SessionLayer). A `&Request`, a `&Parts`
    /// and a [`RequestHead`] all have what it needs.
    ///
    /// # Errors
    /// [`SessionFailure`] if the request did not pass through one.
    pub fn from_request<'a>(request: impl Into<RequestHead<'a>>) -> Result<Self, SessionFailure> {
        Self::of_kind(request)
    }
}

impl<K: 'static> LazySession<K> {
    /// Like [`from_request`](LazySession::from_request), for a session of any [kind](Main).
    ///
    /// # Errors
    /// [`SessionFailure`] if the request did not pass through a layer of this kind.
    pub fn of_kind<'a>(request: impl Into<RequestHead<'a>>) -> Result<Self, SessionFailure> {
        let head = request.into();
        let Placed { request, options, .. } = Placed::<K>::get(head.extensions)?;
        let client = Client::new(&head, request, options.network(head));
        Ok(Self { request: Arc::clone(request), client, kind: Kind::new() })
    }
}

impl<K> LazySession<K> {
    /// Returns the session. It is loaded once in each request.
    ///
    /// # Errors
    /// [`SessionError`] if the store fails or the record cannot be read; never an empty session instead. The next call tries
    /// again.
    pub async fn load(&self) -> Result<Session<K>, SessionError> {
        self.request.load_later(&self.client).await.map(Session::new)
    }

    /// Signs the visitor out also if the session cannot be loaded, such as with a record that a newer version wrote: ends every
    /// session that the cookies of the request name, and removes the cookie. Returns the number of sessions.
    ///
    /// ```
    /// use alo_session::{LazySession, SessionFailure};
    ///
    /// async fn sign_out(session: LazySession) -> Result<&'static str, SessionFailure> {
    ///     session.forget().await?;
    ///     Ok("You are signed out.")
    /// }
    /// # let _: axum::Router = axum::Router::new().route("/sign-out", axum::routing::post(sign_out));
    /// ```
    ///
    /// # Errors
    /// [`SessionError`] if the store fails.
    pub async fn forget(&self) -> Result<u64, SessionError> {
        self.request.forget(&self.client).await
    }

    /// Returns the session if it is already loaded.
    #[must_use]
    pub fn loaded(&self) -> Option<Session<K>> {
        self.request.loaded().map(Session::new)
    }
}

impl<K> Clone for LazySession<K> {
    fn clone(&self) -> Self {
        Self { request: Arc::clone(&self.request), client: self.client.clone(), kind: self.kind }
    }
}

impl<K> fmt::Debug for LazySession<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LazySession").field("session", &self.request.loaded()).finish_non_exhaustive()
    }
}
