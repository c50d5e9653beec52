use std::{fmt, sync::Arc, time::SystemTime};

use session_core::{
    SessionConfig, Sessions, Timestamp,
    config::{CookieSettings, FingerprintProperty},
    observe::Observer,
    store::{AnyStore, Store},
};

use crate::{CachePolicy, Head, OwnerSessions, request::Hints, sign_in};

/// The sessions of an application as its web server uses them: all that the requests through one middleware share. Clones are
/// cheap, and share everything.
///
/// A middleware makes a [`RequestSession`](crate::RequestSession) of it for each request. Functions of the application that see a
/// framework's own request are kept by the framework's crate.
///
/// ```
/// use session_core::SessionConfig;
/// use session_http::{CachePolicy, HttpSessions};
/// use session_memory::MemoryStore;
///
/// let sessions = HttpSessions::new(MemoryStore::new(), SessionConfig::default()).cache(CachePolicy::Private);
/// ```
#[derive(Clone)]
pub struct HttpSessions {
    shared: Arc<Shared>,
}

#[derive(Clone)]
struct Shared {
    /// Without the type of the store, so that no handler names it.
    sessions: Sessions<AnyStore>,
    clock: Arc<Clock>,
    cache: CachePolicy,
    sign_in_page: Option<Arc<str>>,
    hints: Hints,
}

type Clock = dyn Fn() -> Timestamp + Send + Sync;

impl HttpSessions {
    /// Makes sessions in this store.
    #[must_use]
    pub fn new<S: Store>(store: S, config: SessionConfig) -> Self {
        Self::from_sessions(Sessions::new(store, config))
    }

    /// Uses these sessions, which other parts of the application may use too. If their context has a
    /// [clock](session_core::Context::clocked), it counts here, too.
    #[must_use]
    pub fn from_sessions<S: Store>(sessions: Sessions<S>) -> Self {
        let context = Arc::clone(sessions.context());
        let system = || SystemTime::now().into();
        let shared = Shared {
            sessions: sessions.erased(),
            clock: Arc::new(system),
            cache: CachePolicy::default(),
            sign_in_page: None,
            hints: Hints::default(),
        };
        let sessions = Self { shared: Arc::new(shared) };
        match context.time() {
            Some(_) => sessions.clock(move || context.time().unwrap_or_else(system)),
            None => sessions.clock(system),
        }
    }

    /// Sets the clock. Default: the clock of the system.
    #[must_use]
    pub fn clock(self, clock: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        let clock: Arc<Clock> = Arc::new(clock);
        self.with(|shared| {
            // The sessions have it too: those of sockets outlive their request.
            let (store, own) = (shared.sessions.store().clone(), Arc::clone(&clock));
            let context = shared.sessions.context().clocked(move || own());
            shared.sessions = Sessions::with_context(store, context);
            shared.clock = clock;
        })
    }

    /// Sets the `Cache-Control` header of a response whose session was loaded. Default: [`CachePolicy::NoStore`].
    #[must_use]
    pub fn cache(self, policy: CachePolicy) -> Self {
        self.with(|shared| shared.cache = policy)
    }

    /// Sets the path of the sign-in page, such as `/sign-in`, to which
    /// [`sign_in_location`](Self::sign_in_location) leads. Default: none.
    #[must_use]
    pub fn sign_in_page(self, path: impl Into<Arc<str>>) -> Self {
        self.with(|shared| shared.sign_in_page = Some(path.into()))
    }

    /// Tells this observer what happens to the sessions; see [`observer`](session_core::observe::observer()). Default: none.
    #[must_use]
    pub fn observe(self, observer: Observer) -> Self {
        self.with(|shared| {
            let context = shared.sessions.context().observed(observer);
            shared.sessions = Sessions::with_context(shared.sessions.store().clone(), context);
        })
    }

    /// Returns the configuration.
    #[must_use]
    pub fn config(&self) -> &SessionConfig {
        self.shared.sessions.context().config()
    }

    /// Returns the time of the clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        (self.shared.clock)()
    }

    /// Returns the sessions of all owners, for code outside of requests. A handler takes those of its
    /// [request](crate::RequestSession::owners).
    #[must_use]
    pub fn owners(&self) -> OwnerSessions {
        OwnerSessions::new(self.clone(), None)
    }

    /// Returns the way to the sign-in page, for the `Location` of a 303 in place of a failure that
    /// [requires a sign-in](crate::SessionFailure::requires_sign_in). It says where the browser wanted to go, in the parameter `next`,
    /// which [`ReturnTo`](crate::ReturnTo) reads. A middleware asks for it before the handler takes the request.
    ///
    /// It is `None` without a sign-in page, if the request is not that of a browser which will show a page, and for the sign-in
    /// page itself. A form that was sent to the sign-in page leads to it.
    pub fn sign_in_location(&self, head: &impl Head) -> Option<String> {
        sign_in::location(self.shared.sign_in_page.as_ref()?, head)
    }

    /// Says in the log, once, that another middleware for sessions of this kind is around this one, and is hidden by it.
    pub fn hint_nested(&self, kind: &str) {
        self.shared.hints.nested(kind);
    }

    /// Says in the log, once, that the fingerprint has a network and nobody tells it, if that is so: for a middleware without a
    /// function that finds the address of the client.
    pub fn hint_no_network(&self) {
        if self.config().fingerprint.properties.contains(&FingerprintProperty::Network) {
            self.shared.hints.no_network();
        }
    }

    pub(crate) fn hints(&self) -> &Hints {
        &self.shared.hints
    }

    pub(crate) fn core(&self) -> &Sessions<AnyStore> {
        &self.shared.sessions
    }

    pub(crate) fn cache_policy(&self) -> CachePolicy {
        self.shared.cache
    }

    pub(crate) fn cookie(&self) -> &CookieSettings {
        &self.config().cookie
    }

    fn with(mut self, change: impl FnOnce(&mut Shared)) -> Self {
        change(Arc::make_mut(&mut self.shared));
        self
    }
}

impl fmt::Debug for HttpSessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpSessions")
            .field("config", self.config())
            .field("cache", &self.shared.cache)
            .finish_non_exhaustive()
    }
}
