use std::{
    fmt, mem,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum_core::{BoxError, body::Body};
use bytes::Bytes;
use http::{Request, Response};
use session_core::{OpenSession, SessionError};
use session_http::{Demand, Kind};
use tower_layer::Layer;
use tower_service::Service;

use crate::{LazySession, Main, RequestHead, SessionFailure};

/// Lets only requests through whose owner is signed in: for a whole router, inside of the session layer.
///
/// ```
/// use std::time::Duration;
///
/// use axum::{Router, routing::{get, post}};
/// use alo_session::{MemoryStore, RequireSignIn, SessionConfig, SessionLayer};
///
/// let account = Router::new()
///     .route("/account", get(async || "Your account"))
///     .route_layer(RequireSignIn::new());
/// let danger = Router::new()
///     .route("/account/delete", post(async || "Gone"))
///     .route_layer(RequireSignIn::new().level(1).fresh(Duration::from_secs(300)));
/// let app = Router::new()
///     .route("/sign-in", get(async || "<form method=post>"))
///     .merge(account)
///     .merge(danger)
///     .layer(SessionLayer::new(MemoryStore::new(), SessionConfig::website()).sign_in_page("/sign-in"));
/// # let _: Router = app;
/// ```
///
/// Any other request gets what a handler gets by [`Owner`](crate::Owner): a 401, or a 403 if the owner must sign in again, or
/// the way to the [sign-in page](crate::SessionLayer::sign_in_page).
#[doc(alias("middleware", "login_required", "guard"))]
#[must_use = "a layer does nothing until it is added"]
pub struct RequireSignIn<K = Main> {
    demand: Demand,
    kind: Kind<K>,
}

impl RequireSignIn {
    /// Requires that an owner is signed in.
    pub const fn new() -> Self {
        Self { demand: Demand::new(), kind: Kind::new() }
    }
}

impl Default for RequireSignIn {
    fn default() -> Self {
        Self::new()
    }
}

impl<K> RequireSignIn<K> {
    /// Requires a sign-in of at least this level; see [`elevate`](session_core::OpenSession::elevate).
    pub const fn level(self, level: u8) -> Self {
        Self { demand: Demand { level, ..self.demand }, ..self }
    }

    /// Requires a sign-in that is at most this old.
    pub const fn fresh(self, max_age: Duration) -> Self {
        Self { demand: Demand { fresh: Some(max_age), ..self.demand }, ..self }
    }

    /// Requires that this function says so too, which sees the session: for roles. Otherwise the answer is a 403.
    ///
    /// ```
    /// # use alo_session::{RequireSignIn, session::Key};
    /// const ROLE: Key<String> = Key::new("role"); // set at the sign-in
    ///
    /// let admins = RequireSignIn::new().only(|session| Ok(session.get(ROLE)?.as_deref() == Some("admin")));
    /// # let _: axum::Router = axum::Router::new().route("/", axum::routing::get(async || "")).route_layer(admins);
    /// ```
    #[doc(alias("role", "permission", "permission_required"))]
    pub const fn only(self, allows: fn(&OpenSession) -> Result<bool, SessionError>) -> Self {
        Self { demand: Demand { only: Some(allows), ..self.demand }, ..self }
    }

    /// Requires it of the session of another [kind](Main).
    pub const fn kind<Other>(self) -> RequireSignIn<Other> {
        RequireSignIn { demand: self.demand, kind: Kind::new() }
    }
}

impl<K: 'static> RequireSignIn<K> {
    async fn check(self, session: LazySession<K>) -> Result<(), SessionFailure> {
        Ok(self.demand.check(&*session.load().await?)?)
    }
}

impl<K> Clone for RequireSignIn<K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K> Copy for RequireSignIn<K> {}

impl<T, K> Layer<T> for RequireSignIn<K> {
    type Service = RequireSignInService<T, K>;

    fn layer(&self, inner: T) -> Self::Service {
        RequireSignInService { inner, guard: *self }
    }
}

/// A service that [`RequireSignIn`] wraps.
#[derive(Debug)]
pub struct RequireSignInService<T, K = Main> {
    inner: T,
    guard: RequireSignIn<K>,
}

impl<T: Clone, K> Clone for RequireSignInService<T, K> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), guard: self.guard }
    }
}

impl<T, K, ReqBody, ResBody> Service<Request<ReqBody>> for RequireSignInService<T, K>
where
    K: 'static,
    T: Service<Request<ReqBody>, Response = Response<ResBody>> + Clone + Send + 'static,
    T::Future: Send,
    ReqBody: Send + 'static,
    ResBody: http_body::Body<Data = Bytes> + Send + 'static,
    ResBody::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = T::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, T::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), T::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<ReqBody>) -> Self::Future {
        // The service that is ready must be called; its clone may not be ready.
        let clone = self.inner.clone();
        let mut inner = mem::replace(&mut self.inner, clone);
        let (guard, session) = (self.guard, LazySession::of_kind(RequestHead::from(&request)));
        Box::pin(async move {
            let checked = match session {
                Ok(session) => guard.check(session).await,
                Err(failure) => Err(failure),
            };
            match checked {
                Ok(()) => inner.call(request).await.map(|response| response.map(Body::new)),
                Err(failure) => Ok(failure.into_marked_response()),
            }
        })
    }
}

impl<K> fmt::Debug for RequireSignIn<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequireSignIn").field("kind", &self.kind).field("demand", &self.demand).finish()
    }
}
