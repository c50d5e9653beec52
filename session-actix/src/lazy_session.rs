use std::{fmt, sync::Arc};

use actix_web::{HttpRequest, http::header::HeaderValue};
use session_core::SessionError;
use session_http::{Client, Kind, Main, RequestSession};

use crate::{Session, SessionFailure, head::Asked, placed::Placed};

/// The session of the request, which is loaded when [`load`](Self::load) is called: for middleware, and for handlers that
/// do not always need it.
///
/// It may outlive the request, because it keeps the headers that loading needs: `Cookie` and those of the fingerprint. The
/// values are shared, not copied.
///
/// ```
/// use actix_web::{Error, body::MessageBody, dev::{ServiceRequest, ServiceResponse}, middleware::Next};
/// use alo_session::actix::{LazySession, SessionFailure};
///
/// /// In a function that returns `SessionFailure`, `?` works for every error of a session.
/// async fn check(session: LazySession) -> Result<(), SessionFailure> {
///     session.load().await?.require_level(2)?;
///     Ok(())
/// }
///
/// /// A middleware for `actix_web::middleware::from_fn`.
/// async fn only_staff(
///     session: LazySession,
///     request: ServiceRequest,
///     next: Next<impl MessageBody>,
/// ) -> Result<ServiceResponse<impl MessageBody>, Error> {
///     check(session).await?;
///     next.call(request).await
/// }
/// # let _ = actix_web::App::new().wrap(actix_web::middleware::from_fn(only_staff));
/// ```
#[doc(alias("extractor", "middleware"))]
pub struct LazySession<K = Main> {
    request: Arc<RequestSession>,
    client: Client<HeaderValue>,
    kind: Kind<K>,
}

impl LazySession {
    /// Returns the session of a request that passed through a [`SessionMiddleware`](crate::SessionMiddleware).
    ///
    /// # Errors
    /// [`SessionFailure`] if the request did not pass through one.
    pub fn from_request(request: &HttpRequest) -> Result<Self, SessionFailure> {
        Self::of_kind(request)
    }
}

impl<K: 'static> LazySession<K> {
    /// Like [`from_request`](LazySession::from_request), for a session of any [kind](Main).
    ///
    /// # Errors
    /// [`SessionFailure`] if the request did not pass through a middleware of this kind.
    pub fn of_kind(request: &HttpRequest) -> Result<Self, SessionFailure> {
        let slot = Placed::<K>::slot(request)?;
        let client = Client::new(&Asked(request.head()), &slot.request, slot.options.network(request));
        Ok(Self { request: Arc::clone(&slot.request), client, kind: Kind::new() })
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
    /// use alo_session::actix::{LazySession, SessionFailure};
    ///
    /// async fn sign_out(session: LazySession) -> Result<&'static str, SessionFailure> {
    ///     session.forget().await?;
    ///     Ok("You are signed out.")
    /// }
    /// # let _ = actix_web::App::new().route("/sign-out", actix_web::web::post().to(sign_out));
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
