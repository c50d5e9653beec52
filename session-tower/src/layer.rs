use std::{fmt, net::IpAddr, sync::Arc};

use axum_core::response::IntoResponse;
use http::Request;
use session_core::{SessionConfig, Timestamp, config::CookieSettings, observe::Observer, store::Store};
use session_http::{HttpSessions, Kind};
use tower_layer::Layer;

use crate::{
    CachePolicy, Main, OwnerSessions, RequestHead, ResponseHead, SessionFailure, SessionService,
    layer_options::LayerOptions, placed::Placed,
};

/// Gives every request its session, and saves it when the response is ready.
///
/// It wraps any tower service for `http` requests, such as an axum `Router`, and stands anywhere in a stack of layers. The body
/// of the response may be of any type; the layer makes it axum's, which costs nothing if it is that already.
///
/// ```
/// use alo_session::{CachePolicy, MemoryStore, SessionConfig, SessionLayer};
///
/// let sessions = SessionLayer::new(MemoryStore::new(), SessionConfig::hardened()).cache(CachePolicy::Private);
/// # let _: axum::Router = axum::Router::new().layer(sessions);
/// ```
#[doc(alias("middleware", "SessionManagerLayer", "SessionMiddleware"))]
#[must_use = "a layer does nothing until it is added"]
pub struct SessionLayer<K = Main> {
    options: Arc<LayerOptions>,
    kind: Kind<K>,
}

impl SessionLayer {
    /// Creates a layer with sessions in this store.
    pub fn new<S: Store>(store: S, config: SessionConfig) -> Self {
        Self::from_sessions(session_core::Sessions::new(store, config))
    }

    /// Creates a layer with these sessions, which other parts of the application may use too. If their context has a
    /// [clock](session_core::Context::clocked), it is the layer's, too.
    pub fn from_sessions<S: Store>(sessions: session_core::Sessions<S>) -> Self {
        let options = LayerOptions {
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

impl<K> SessionLayer<K> {
    /// Makes it a layer of sessions of another kind, for a second cookie in the same request. See [`Main`].
    ///
    /// ```
    /// use axum::{Router, routing::get};
    /// use alo_session::{MemoryStore, Session, SessionConfig, SessionLayer};
    ///
    /// struct Admin;
    ///
    /// async fn page(shop: Session, admin: Session<Admin>) -> String {
    ///     format!("customer {:?}, administrator {:?}", shop.owner(), admin.owner())
    /// }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let shop = SessionLayer::new(MemoryStore::new(), SessionConfig::default());
    /// let config = SessionConfig::with(|settings| settings.cookie.name = "AdminSession".into())?;
    /// let admin = SessionLayer::new(MemoryStore::new(), config).kind::<Admin>();
    /// # let _: Router =
    /// Router::new().route("/", get(page)).layer(shop).layer(admin);
    /// # Ok(())
    /// # }
    /// ```
    pub fn kind<Other>(self) -> SessionLayer<Other> {
        SessionLayer { options: self.options, kind: Kind::new() }
    }

    /// Returns the sessions of all owners, for code outside of requests, such as background jobs. Later changes of the layer
    /// have no effect on them.
    #[must_use]
    pub fn sessions(&self) -> OwnerSessions<K> {
        OwnerSessions::new(self.options.sessions.owners())
    }

    /// Sets the clock. Default: the clock of the system.
    pub fn clock(self, clock: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        self.sessions_with(|sessions| sessions.clock(clock))
    }

    /// Sets the `Cache-Control` header of a response whose session was loaded. Default: [`CachePolicy::NoStore`].
    pub fn cache(self, policy: CachePolicy) -> Self {
        self.sessions_with(|sessions| sessions.cache(policy))
    }

    /// Sets the function that finds the address of the client, for a fingerprint with
    /// [`Network`](session_core::config::FingerprintProperty::Network). It is called when a session is loaded. Default: none.
    ///
    /// A header such as `X-Forwarded-For` is only as trustworthy as the proxy that wrote it. Without a function that property
    /// protects nothing, which is said once in the log.
    ///
    /// ```
    /// # use std::net::SocketAddr;
    /// # use axum::extract::ConnectInfo;
    /// # let layer = alo_session::SessionLayer::new(alo_session::MemoryStore::new(), Default::default());
    /// let layer = layer.network(|request| {
    ///     let ConnectInfo(address) = request.extensions.get::<ConnectInfo<SocketAddr>>()?;
    ///     Some(address.ip())
    /// });
    /// ```
    pub fn network(self, find: impl Fn(RequestHead<'_>) -> Option<IpAddr> + Send + Sync + 'static) -> Self {
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
    /// # let layer = alo_session::SessionLayer::new(alo_session::MemoryStore::new(), Default::default());
    /// let layer = layer.cookie(|request, cookie| {
    ///     // The proxy in front sets this header and removes one from outside.
    ///     cookie.secure = request.headers.get("x-forwarded-proto").is_some_and(|scheme| scheme == "https");
    /// });
    /// ```
    pub fn cookie(
        self,
        choose: impl Fn(RequestHead<'_>, &mut CookieSettings) + Send + Sync + 'static,
    ) -> Self {
        self.with(|options| options.cookie = Some(Arc::new(choose)))
    }

    /// Sets which requests do not count as a use of the session, such as the polls of a page that nobody looks at: they neither
    /// extend its idle deadline nor replace its id for its age. Default: every request counts. A handler decides for its own
    /// request with [`set_passive`](session_core::OpenSession::set_passive).
    ///
    /// ```
    /// # let layer = alo_session::SessionLayer::new(alo_session::MemoryStore::new(), Default::default());
    /// let layer = layer.passive_when(|request| request.uri.path().starts_with("/poll/"));
    /// ```
    #[doc(alias("poll", "keepalive"))]
    pub fn passive_when(self, is_passive: impl Fn(RequestHead<'_>) -> bool + Send + Sync + 'static) -> Self {
        self.with(|options| options.passive_when = Some(Arc::new(is_passive)))
    }

    /// Sets for which responses changes are saved. Default: those that are no [failure](ResponseHead::is_failure), which means
    /// not for 5xx and not for 408. It is not asked about a response that carries a [`SessionFailure`] or
    /// [`DiscardChanges`](crate::DiscardChanges): the changes of those are dropped in any case.
    ///
    /// ```
    /// # let layer = alo_session::SessionLayer::new(alo_session::MemoryStore::new(), Default::default());
    /// let layer = layer.save_when(|response| response.status.is_success() || response.status.is_redirection());
    /// ```
    pub fn save_when(self, saves: impl Fn(ResponseHead<'_>) -> bool + Send + Sync + 'static) -> Self {
        self.with(|options| options.save_when = Arc::new(saves))
    }

    /// Sets the function that renders a [`SessionFailure`]: of a load, of a save, or returned by a handler or a
    /// [`CsrfLayer`](crate::CsrfLayer). Default: [`SessionFailure::to_response`]. Layers outside find the failure among the
    /// extensions of the response.
    ///
    /// It sees the head of the request as the layer saw it, so an API and pages can be behind one layer. The layer keeps a copy
    /// of the head of each request for it.
    ///
    /// ```
    /// use axum::response::{Html, IntoResponse};
    ///
    /// # let layer = alo_session::SessionLayer::new(alo_session::MemoryStore::new(), Default::default());
    /// let layer = layer.on_error(|failure, request| {
    ///     if request.uri.path().starts_with("/api/") {
    ///         let error = format!(r#"{{"error":"{failure}"}}"#);
    ///         return (failure.status(), [("content-type", "application/json")], error).into_response();
    ///     }
    ///     (failure.status(), Html(format!("<h1>Sorry</h1><p>{failure}</p>"))).into_response()
    /// });
    /// ```
    #[doc(alias("error_handler", "json"))]
    pub fn on_error<R: IntoResponse>(
        self,
        render: impl Fn(&SessionFailure, RequestHead<'_>) -> R + Send + Sync + 'static,
    ) -> Self {
        self.with(|options| {
            options.on_error = Some(Arc::new(move |failure, head| render(failure, head).into_response()));
        })
    }

    /// Gives a request its session without a service, for the test of a single handler or extractor. Nothing is saved but by
    /// the handler's own [`save`](session_http::Session::save), and there is no response that could carry a cookie.
    ///
    /// ```
    /// use axum::{extract::FromRequestParts as _, http::Request};
    /// use alo_session::{Session, SessionLayer};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), alo_session::SessionFailure> {
    /// let layer = SessionLayer::new(alo_session::MemoryStore::new(), Default::default());
    /// let mut request = Request::new(());
    /// layer.place(&mut request);
    /// let session: Session = Session::from_request_parts(&mut request.into_parts().0, &()).await?;
    /// assert!(session.is_new());
    /// # Ok(())
    /// # }
    /// ```
    pub fn place<B>(&self, request: &mut Request<B>)
    where
        K: 'static,
    {
        let _placed = Placed::<K>::place(request, &self.options);
    }

    /// Sets the path of the sign-in page, such as `/sign-in`. A browser that asks for a page and must sign in first, or again,
    /// is sent there with a 303, whatever `on_error` does. It says where it wanted to go, in the parameter `next`, which
    /// [`ReturnTo`](crate::ReturnTo) reads. So is one whose form is refused because its owner is not signed in any more. Programs,
    /// `fetch` included, get the 401 or 403 as before. Default: none.
    ///
    /// The layer must be outside of nested routers, because it knows the path as it sees it.
    ///
    /// ```
    /// # let layer = alo_session::SessionLayer::new(alo_session::MemoryStore::new(), Default::default());
    /// let layer = layer.sign_in_page("/sign-in");
    /// ```
    #[doc(alias("login_url", "redirect"))]
    pub fn sign_in_page(self, path: impl Into<Arc<str>>) -> Self {
        self.sessions_with(|sessions| sessions.sign_in_page(path))
    }

    /// Tells this observer what happens to the sessions; see [`observer`](session_core::observe::observer()). Default: none.
    ///
    /// ```
    /// use alo_session::observe::{Event, observer};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// # let layer = alo_session::SessionLayer::new(alo_session::MemoryStore::new(), Default::default());
    /// let (observer, mut events) = observer(1024);
    /// let layer = layer.observe(observer);
    /// tokio::spawn(async move {
    ///     while let Some(event) = events.next().await {
    ///         if let Event::LoggedIn { owner, .. } = event {
    ///             println!("{owner} signed in");
    ///         }
    ///     }
    /// });
    /// # }
    /// ```
    pub fn observe(self, observer: Observer) -> Self {
        self.sessions_with(|sessions| sessions.observe(observer))
    }

    fn sessions_with(self, change: impl FnOnce(HttpSessions) -> HttpSessions) -> Self {
        self.with(|options| options.sessions = change(options.sessions.clone()))
    }

    fn with(mut self, change: impl FnOnce(&mut LayerOptions)) -> Self {
        change(Arc::make_mut(&mut self.options));
        self
    }
}

impl<T, K> Layer<T> for SessionLayer<K> {
    type Service = SessionService<T, K>;

    fn layer(&self, inner: T) -> SessionService<T, K> {
        if self.options.network.is_none() {
            self.options.sessions.hint_no_network();
        }
        SessionService::new(inner, Arc::clone(&self.options))
    }
}

impl<K> Clone for SessionLayer<K> {
    fn clone(&self) -> Self {
        Self { options: Arc::clone(&self.options), kind: self.kind }
    }
}

impl<K> fmt::Debug for SessionLayer<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionLayer").field("kind", &self.kind).field("options", &self.options).finish()
    }
}
