use std::{net::IpAddr, sync::Arc, time::SystemTime};

use axum_core::response::IntoResponse;
use http::{Extensions, HeaderMap};
use session_core::{SessionConfig, Timestamp, store::Store};
use tower_layer::Layer;

use crate::{CachePolicy, OwnerSessions, SessionFailure, SessionService, layer_options::LayerOptions};

/// Gives every request its session, and saves it when the response is ready.
///
/// It wraps any tower service for `http` requests, such as an axum `Router`, and stands anywhere in a stack of layers. The body
/// of the response may be of any type; the layer makes it axum's, which costs nothing if it is that already.
///
/// ```
/// use session_core::SessionConfig;
/// use session_memory::MemoryStore;
/// use session_tower::{CachePolicy, SessionLayer};
///
/// let sessions = SessionLayer::new(MemoryStore::new(), SessionConfig::hardened()).cache(CachePolicy::Private);
/// # let _: axum::Router = axum::Router::new().layer(sessions);
/// ```
#[derive(Debug, Clone)]
#[must_use = "a layer does nothing until it is added"]
pub struct SessionLayer {
    options: Arc<LayerOptions>,
}

impl SessionLayer {
    /// Creates a layer with sessions in this store.
    pub fn new<S: Store>(store: S, config: SessionConfig) -> Self {
        Self::from_sessions(session_core::Sessions::new(store, config))
    }

    /// Creates a layer with these sessions, which other parts of the application may use too.
    pub fn from_sessions<S: Store>(sessions: session_core::Sessions<S>) -> Self {
        let options = LayerOptions {
            sessions: sessions.erased(),
            clock: Arc::new(|| SystemTime::now().into()),
            network: None,
            on_error: None,
            cache: CachePolicy::default(),
            save_on_server_error: false,
        };
        Self { options: Arc::new(options) }
    }

    /// Returns the sessions of all owners, for code outside of requests, such as background jobs. Later changes of the layer
    /// have no effect on them.
    #[must_use]
    pub fn sessions(&self) -> OwnerSessions {
        OwnerSessions::new(Arc::clone(&self.options))
    }

    /// Sets the clock. Default: the clock of the system.
    pub fn clock(self, clock: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        self.with(|options| options.clock = Arc::new(clock))
    }

    /// Sets the `Cache-Control` header of a response whose session was loaded. Default: [`CachePolicy::NoStore`].
    pub fn cache(self, policy: CachePolicy) -> Self {
        self.with(|options| options.cache = policy)
    }

    /// Sets the function that finds the address of the client, for a fingerprint with
    /// [`Network`](session_core::config::FingerprintProperty::Network). It is called when a session is loaded. Default: none.
    ///
    /// A header such as `X-Forwarded-For` is only as trustworthy as the proxy that wrote it.
    ///
    /// ```
    /// # use std::net::SocketAddr;
    /// # use axum::extract::ConnectInfo;
    /// # let layer = session_tower::SessionLayer::new(session_memory::MemoryStore::new(), Default::default());
    /// let layer = layer.network(|_headers, extensions| {
    ///     let ConnectInfo(address) = extensions.get::<ConnectInfo<SocketAddr>>()?;
    ///     Some(address.ip())
    /// });
    /// ```
    pub fn network(
        self,
        find: impl Fn(&HeaderMap, &Extensions) -> Option<IpAddr> + Send + Sync + 'static,
    ) -> Self {
        self.with(|options| options.network = Some(Arc::new(find)))
    }

    /// Sets whether changes are saved if the response is a server error (5xx). Default: `false`.
    pub fn save_on_server_error(self, save: bool) -> Self {
        self.with(|options| options.save_on_server_error = save)
    }

    /// Sets the function that renders a [`SessionFailure`]: of a load, of a save, or returned by a handler or a
    /// [`CsrfLayer`](crate::CsrfLayer). Default: [`SessionFailure::to_response`].
    ///
    /// ```
    /// # let layer = session_tower::SessionLayer::new(session_memory::MemoryStore::new(), Default::default());
    /// let layer = layer.on_error(|failure| {
    ///     let mut response = failure.to_response();
    ///     *response.body_mut() = format!("<h1>Sorry</h1><p>{failure}</p>").into();
    ///     response.headers_mut().insert("content-type", http::HeaderValue::from_static("text/html"));
    ///     response
    /// });
    /// ```
    pub fn on_error<R: IntoResponse>(
        self,
        render: impl Fn(&SessionFailure) -> R + Send + Sync + 'static,
    ) -> Self {
        self.with(|options| options.on_error = Some(Arc::new(move |failure| render(failure).into_response())))
    }

    fn with(mut self, change: impl FnOnce(&mut LayerOptions)) -> Self {
        change(Arc::make_mut(&mut self.options));
        self
    }
}

impl<T> Layer<T> for SessionLayer {
    type Service = SessionService<T>;

    fn layer(&self, inner: T) -> SessionService<T> {
        SessionService::new(inner, Arc::clone(&self.options))
    }
}
