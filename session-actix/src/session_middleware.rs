use std::{
    fmt,
    future::{Ready, ready},
    net::IpAddr,
    sync::Arc,
};

use actix_web::{
    Error, HttpRequest, HttpResponse,
    body::{EitherBody, MessageBody},
    dev::{RequestHead, Service, ServiceRequest, ServiceResponse, Transform},
};
use session_core::{SessionConfig, Timestamp, config::CookieSettings, observe::Observer, store::Store};
use session_http::{CachePolicy, HttpSessions, Kind, Main};

use crate::{OwnerSessions, ResponseHead, SessionFailure, SessionService, options::Options, placed::Placed};

/// Gives every request its session, and saves it when the response is ready.
///
/// It wraps an `App`, a scope or a resource. `HttpServer` makes an `App` for each of its workers: make the middleware once, outside of
/// that closure, and clone it in.
///
/// ```no_run
/// use actix_web::{App, HttpServer};
/// use alo_session::{MemoryStore, SessionConfig, actix::{CachePolicy, SessionMiddleware}};
///
/// # fn server() -> std::io::Result<()> {
/// let sessions =
///     SessionMiddleware::new(MemoryStore::new(), SessionConfig::hardened()).cache(CachePolicy::Private);
/// HttpServer::new(move || App::new().wrap(sessions.clone())).bind(("127.0.0.1", 3000))?.run();
/// # Ok(())
/// # }
/// ```
#[doc(alias("middleware", "SessionLayer", "SessionManagerLayer"))]
#[must_use = "a middleware does nothing until it is added"]
pub struct SessionMiddleware<K = Main> {
    options: Arc<Options>,
    kind: Kind<K>,
}

impl SessionMiddleware {
    /// Creates a middleware with sessions in this store.
    pub fn new<S: Store>(store: S, config: SessionConfig) -> Self {
        Self::from_sessions(session_core::Sessions::new(store, config))
    }

    /// Creates a middleware with these sessions, which other parts of the application may use too. If their context has a
    /// [clock](session_core::Context::clocked), it is the middleware's, too.
    pub fn from_sessions<S: Store>(sessions: session_core::Sessions<S>) -> Self {
        let options = Options {
            sessions: HttpSessions::from_sessions(sessions),
            network: None,
            on_error: None,
            cookie: None,
            passive_when: None,
            save_when: Arc::new(|response| !response.is_failure()),
        };
        Self { options: Arc::new(options), kind: Kind::new() }
    }
}

impl<K> SessionMiddleware<K> {
    /// Makes it a middleware for sessions of another kind, for a second cookie in the same request. See [`Main`].
    pub fn kind<Other>(self) -> SessionMiddleware<Other> {
        SessionMiddleware { options: self.options, kind: Kind::new() }
    }

    /// Returns the sessions of all owners, for code outside of requests, such as background jobs. Later changes of the middleware
    /// have no effect on them.
    #[must_use]
    pub fn sessions(&self) -> OwnerSessions<K> {
        OwnerSessions::new(self.options.sessions.owners())
    }

    /// Sets the clock. Default: the clock of the system.
    pub fn clock(self, clock: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        self.with_sessions(|sessions| sessions.clock(clock))
    }

    /// Sets the `Cache-Control` header of a response whose session was loaded. Default: [`CachePolicy::NoStore`].
    pub fn cache(self, policy: CachePolicy) -> Self {
        self.with_sessions(|sessions| sessions.cache(policy))
    }

    /// Sets the function that finds the address of the client, for a fingerprint with
    /// [`Network`](session_core::config::FingerprintProperty::Network). It is called when a session is loaded. Default: none.
    ///
    /// A header such as `X-Forwarded-For` is only as trustworthy as the proxy that wrote it. Without a function that property
    /// protects nothing, which is said once in the log.
    ///
    /// ```
    /// # let sessions = alo_session::actix::SessionMiddleware::new(alo_session::MemoryStore::new(), Default::default());
    /// let sessions = sessions.network(|request| Some(request.peer_addr()?.ip()));
    /// ```
    pub fn network(self, find: impl Fn(&HttpRequest) -> Option<IpAddr> + Send + Sync + 'static) -> Self {
        self.with(|options| options.network = Some(Arc::new(find)))
    }

    /// Sets a function that chooses the attributes of the cookie for each request, such as the domain of the host that was asked
    /// for, `Secure` behind a proxy that speaks TLS, or `Partitioned` where the site is embedded. It starts from the configured
    /// attributes and is called for each request. Default: none.
    ///
    /// The name must stay. Attributes that browsers do not take are an error in the log, and the configured ones are used. A
    /// browser keeps one cookie for each domain and path, so the choice must be the same for all requests of one host.
    ///
    /// ```
    /// # let sessions = alo_session::actix::SessionMiddleware::new(alo_session::MemoryStore::new(), Default::default());
    /// let sessions = sessions.cookie(|request, cookie| {
    ///     // The proxy in front sets this header and removes one from outside.
    ///     cookie.secure = request.headers().get("x-forwarded-proto").is_some_and(|scheme| scheme == "https");
    /// });
    /// ```
    pub fn cookie(self, choose: impl Fn(&HttpRequest, &mut CookieSettings) + Send + Sync + 'static) -> Self {
        self.with(|options| options.cookie = Some(Arc::new(choose)))
    }

    /// Sets which requests do not count as a use of the session, such as the polls of a page that nobody looks at: they neither
    /// extend its idle deadline nor replace its id for its age. Default: every request counts. A handler decides for its own
    /// request with [`set_passive`](session_core::OpenSession::set_passive).
    ///
    /// ```
    /// # let sessions = alo_session::actix::SessionMiddleware::new(alo_session::MemoryStore::new(), Default::default());
    /// let sessions = sessions.passive_when(|request| request.path().starts_with("/poll/"));
    /// ```
    #[doc(alias("poll", "keepalive"))]
    pub fn passive_when(self, is_passive: impl Fn(&HttpRequest) -> bool + Send + Sync + 'static) -> Self {
        self.with(|options| options.passive_when = Some(Arc::new(is_passive)))
    }

    /// Sets for which responses changes are saved. Default: those that are no [failure](ResponseHead::is_failure), which means
    /// not for 5xx and not for 408. It is not asked about a response that carries a [`SessionFailure`] or
    /// [`DiscardChanges`](crate::DiscardChanges): the changes of those are dropped in any case.
    ///
    /// ```
    /// # let sessions = alo_session::actix::SessionMiddleware::new(alo_session::MemoryStore::new(), Default::default());
    /// let sessions = sessions.save_when(|response| response.status.is_success() || response.status.is_redirection());
    /// ```
    pub fn save_when(self, saves: impl Fn(ResponseHead<'_>) -> bool + Send + Sync + 'static) -> Self {
        self.with(|options| options.save_when = Arc::new(saves))
    }

    /// Sets the function that renders a [`SessionFailure`]: of a load, of a save, or returned by a handler, a middleware inside, or
    /// a [`CsrfMiddleware`](crate::CsrfMiddleware). Default: [`SessionFailure::to_response`]. Middleware outside finds the failure
    /// among the extensions of the response.
    ///
    /// It sees the head of the request, so an API and pages can be behind one middleware. The middleware keeps a copy of the head of
    /// each request for it, because actix-web drops the request when a middleware inside returns an error.
    ///
    /// ```
    /// use actix_web::HttpResponse;
    ///
    /// # let sessions = alo_session::actix::SessionMiddleware::new(alo_session::MemoryStore::new(), Default::default());
    /// let sessions = sessions.on_error(|failure, request| {
    ///     let mut response = HttpResponse::build(failure.status());
    ///     if request.uri.path().starts_with("/api/") {
    ///         let error = format!(r#"{{"error":"{failure}"}}"#);
    ///         return response.content_type("application/json").body(error);
    ///     }
    ///     response.content_type("text/html").body(format!("<h1>Sorry</h1><p>{failure}</p>"))
    /// });
    /// ```
    #[doc(alias("error_handler", "json"))]
    pub fn on_error(
        self,
        render: impl Fn(&SessionFailure, &RequestHead) -> HttpResponse + Send + Sync + 'static,
    ) -> Self {
        self.with(|options| options.on_error = Some(Arc::new(render)))
    }

    /// Sets the path of the sign-in page, such as `/sign-in`. A browser that asks for a page and must sign in first, or again,
    /// is sent there with a 303, whatever `on_error` does. It says where it wanted to go, in the parameter `next`, which
    /// [`ReturnTo`](crate::ReturnTo) reads. So is one whose form is refused because its owner is not signed in any more. Programs,
    /// `fetch` included, get the 401 or 403 as before. Default: none.
    ///
    /// The middleware keeps a copy of the head of each request for this.
    ///
    /// ```
    /// # let sessions = alo_session::actix::SessionMiddleware::new(alo_session::MemoryStore::new(), Default::default());
    /// let sessions = sessions.sign_in_page("/sign-in");
    /// ```
    #[doc(alias("login_url", "redirect"))]
    pub fn sign_in_page(self, path: impl Into<Arc<str>>) -> Self {
        self.with_sessions(|sessions| sessions.sign_in_page(path))
    }

    /// Tells this observer what happens to the sessions; see [`observer`](session_core::observe::observer()). Default: none.
    ///
    /// ```
    /// use alo_session::observe::{Event, observer};
    ///
    /// # let sessions = alo_session::actix::SessionMiddleware::new(alo_session::MemoryStore::new(), Default::default());
    /// let (observer, events) = observer(1024);
    /// let sessions = sessions.observe(observer);
    /// std::thread::spawn(move || {
    ///     for event in events {
    ///         if let Event::LoggedIn { owner, .. } = event {
    ///             println!("{owner} signed in");
    ///         }
    ///     }
    /// });
    /// ```
    pub fn observe(self, observer: Observer) -> Self {
        self.with_sessions(|sessions| sessions.observe(observer))
    }

    /// Gives a request its session without a service, for the test of a single handler or extractor. Nothing is saved but by
    /// the handler's own [`save`](session_http::Session::save), and no response carries a cookie.
    ///
    /// ```
    /// use actix_web::{FromRequest as _, test::TestRequest};
    /// use alo_session::actix::{Session, SessionMiddleware};
    ///
    /// # #[actix_web::main]
    /// # async fn main() -> Result<(), alo_session::actix::SessionFailure> {
    /// let sessions = SessionMiddleware::new(alo_session::MemoryStore::new(), Default::default());
    /// let request = TestRequest::default().to_srv_request();
    /// sessions.place(&request);
    /// let session: Session = Session::extract(request.request()).await?;
    /// assert!(session.is_new());
    /// # Ok(())
    /// # }
    /// ```
    pub fn place(&self, request: &ServiceRequest)
    where
        K: 'static,
    {
        let _slot = Placed::<K>::place(request, &self.options);
    }

    fn with_sessions(self, change: impl FnOnce(HttpSessions) -> HttpSessions) -> Self {
        self.with(|options| options.sessions = change(options.sessions.clone()))
    }

    fn with(mut self, change: impl FnOnce(&mut Options)) -> Self {
        change(Arc::make_mut(&mut self.options));
        self
    }
}

impl<S, B, K> Transform<S, ServiceRequest> for SessionMiddleware<K>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
    K: 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = SessionService<S, K>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        if self.options.network.is_none() {
            self.options.sessions.hint_no_network();
        }
        ready(Ok(SessionService::new(inner, Arc::clone(&self.options))))
    }
}

impl<K> Clone for SessionMiddleware<K> {
    fn clone(&self) -> Self {
        Self { options: Arc::clone(&self.options), kind: self.kind }
    }
}

impl<K> fmt::Debug for SessionMiddleware<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionMiddleware").field("kind", &self.kind).field("options", &self.options).finish()
    }
}
