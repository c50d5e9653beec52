use std::{net::IpAddr, sync::Arc, time::SystemTime};

use bytes::Bytes;
use http::{Extensions, HeaderMap, Response};
use session_core::{SessionConfig, Timestamp, store::Store};
use tower_layer::Layer;

use crate::{CachePolicy, SessionFailure, SessionService, Sessions, settings::Settings};

/// Gives every request its session, and saves it when the response is ready.
///
/// Works around any tower service over `http` requests, an axum `Router` among them. The response's body must be one that
/// can be made of [`Bytes`], for the response that tells of a failed save; axum's is.
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
    settings: Arc<Settings>,
}

impl SessionLayer {
    /// Sessions in this store under this configuration.
    pub fn new<S: Store>(store: S, config: SessionConfig) -> Self {
        Self::from_sessions(session_core::Sessions::new(store, config))
    }

    /// These sessions, such as ones that other parts of the application use too.
    pub fn from_sessions<S: Store>(sessions: session_core::Sessions<S>) -> Self {
        let settings = Settings {
            driver: Arc::new(sessions),
            clock: Arc::new(|| SystemTime::now().into()),
            network: None,
            on_error: None,
            cache: CachePolicy::default(),
            save_on_server_error: false,
        };
        Self { settings: Arc::new(settings) }
    }

    /// The sessions of all owners, for the parts of the application that no request reaches. It keeps the settings the
    /// layer has now.
    #[must_use]
    pub fn sessions(&self) -> Sessions {
        Sessions::new(Arc::clone(&self.settings))
    }

    /// What tells the time. Default: the system's clock.
    pub fn clock(self, clock: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        self.with(|settings| settings.clock = Arc::new(clock))
    }

    /// What `Cache-Control` says on a response that belongs to a session. Default: [`CachePolicy::NoStore`].
    pub fn cache(self, policy: CachePolicy) -> Self {
        self.with(|settings| settings.cache = policy)
    }

    /// What tells the client's address, for a fingerprint with
    /// [`Network`](session_core::config::FingerprintProperty::Network). Asked only when a session is. Default: nothing.
    ///
    /// A header such as `X-Forwarded-For` is only as true as the proxy that wrote it.
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
        self.with(|settings| settings.network = Some(Arc::new(find)))
    }

    /// Whether changes are saved although the response is a server error (5xx). Default: they are discarded.
    pub fn save_on_server_error(self, save: bool) -> Self {
        self.with(|settings| settings.save_on_server_error = save)
    }

    /// What is answered in place of a response when a session could not be loaded or saved, and for every
    /// [`SessionFailure`] that a handler or a [`CsrfLayer`](crate::CsrfLayer) answers. Default: the plain text of
    /// [`SessionFailure::to_response`].
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
    pub fn on_error(
        self,
        render: impl Fn(&SessionFailure) -> Response<Bytes> + Send + Sync + 'static,
    ) -> Self {
        self.with(|settings| settings.on_error = Some(Arc::new(render)))
    }

    fn with(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(Arc::make_mut(&mut self.settings));
        self
    }
}

impl<T> Layer<T> for SessionLayer {
    type Service = SessionService<T>;

    fn layer(&self, inner: T) -> SessionService<T> {
        SessionService::new(inner, Arc::clone(&self.settings))
    }
}
