use std::{
    fmt,
    future::{Ready, ready},
    pin::Pin,
    rc::Rc,
    time::Duration,
};

use actix_web::{
    Error,
    body::{EitherBody, MessageBody},
    dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready},
};
use session_core::{OpenSession, SessionError};
use session_http::{Demand, Kind, Main};

use crate::{LazySession, SessionFailure};

/// Lets only requests through whose owner is signed in: for a whole scope or resource, inside of the
/// [`SessionMiddleware`](crate::SessionMiddleware).
///
/// ```
/// use std::time::Duration;
///
/// use actix_web::{App, web};
/// use alo_session::{MemoryStore, SessionConfig, actix::{RequireSignIn, SessionMiddleware}};
///
/// let account = web::scope("/account")
///     .wrap(RequireSignIn::new())
///     .route("", web::get().to(async || "Your account"));
/// let danger = web::resource("/delete-account")
///     .wrap(RequireSignIn::new().level(1).fresh(Duration::from_secs(300)))
///     .route(web::post().to(async || "Gone"));
/// let sessions = SessionMiddleware::new(MemoryStore::new(), SessionConfig::website());
/// let app = App::new()
///     .wrap(sessions.sign_in_page("/sign-in"))
///     .route("/sign-in", web::get().to(async || "<form method=post>"))
///     .service(account)
///     .service(danger);
/// ```
///
/// Any other request gets what a handler gets by [`Owner`](crate::Owner): a 401, or a 403 if the owner must sign in again, or
/// the way to the [sign-in page](crate::SessionMiddleware::sign_in_page).
#[doc(alias("middleware", "login_required", "guard"))]
#[must_use = "a middleware does nothing until it is added"]
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
    /// # use actix_web::web;
    /// # use alo_session::{Key, actix::RequireSignIn};
    /// const ROLE: Key<String> = Key::new("role"); // set at the sign-in
    ///
    /// let admins = RequireSignIn::new().only(|session| Ok(session.get(ROLE)?.as_deref() == Some("admin")));
    /// # let _ = web::scope("/admin").wrap(admins);
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

impl<S, B, K> Transform<S, ServiceRequest> for RequireSignIn<K>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
    K: 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = RequireSignInService<S, K>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(RequireSignInService { inner: Rc::new(inner), guard: *self }))
    }
}

/// A service that [`RequireSignIn`] wraps.
#[derive(Debug)]
pub struct RequireSignInService<S, K = Main> {
    inner: Rc<S>,
    guard: RequireSignIn<K>,
}

impl<S, B, K> Service<ServiceRequest> for RequireSignInService<S, K>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
    K: 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Error>>>>;

    forward_ready!(inner);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let (guard, inner) = (self.guard, Rc::clone(&self.inner));
        Box::pin(async move {
            let checked = match LazySession::of_kind(request.request()) {
                Ok(session) => guard.check(session).await,
                Err(failure) => Err(failure),
            };
            match checked {
                Ok(()) => inner.call(request).await.map(ServiceResponse::map_into_left_body),
                Err(failure) => Ok(request.error_response(failure).map_into_right_body()),
            }
        })
    }
}

impl<K> Clone for RequireSignIn<K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K> Copy for RequireSignIn<K> {}

impl<K> fmt::Debug for RequireSignIn<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequireSignIn").field("kind", &self.kind).field("demand", &self.demand).finish()
    }
}
