use std::{fmt, fmt::Display, sync::Arc, time::Duration};

use session_core::{
    SessionConfig, Sessions, Timestamp, blocking,
    session::SessionInfo,
    store::{AnyStore, BlockingStore, Store},
};
use session_tower::SessionLayer;

use super::{App, Browser, Clock, Given, Transport, backing::Backing};
use crate::Schedule;

/// An application under test, with sessions whose store, time and faults belong to the test.
///
/// ```
/// use alo_session::{Session, SessionFailure, SessionLayer};
/// use axum::{Router, routing::get};
/// use session_testing::Site;
///
/// // The application takes its layer from whoever starts it: `main`, or a test.
/// fn app(sessions: SessionLayer) -> Router {
///     Router::new().route("/", get(count)).layer(sessions)
/// }
///
/// async fn count(session: Session) -> Result<String, SessionFailure> {
///     let visits = session.update("visits", |visits: &mut u32| { *visits += 1; *visits })?;
///     Ok(format!("You were here {visits} times."))
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let site = Site::new(app);
/// let (ada, bob) = (site.browser(), site.browser());
/// ada.get("/").await.assert_says("1 times").assert_started();
/// ada.get("/").await.assert_says("2 times").assert_not_rotated();
/// bob.get("/").await.assert_says("1 times");
///
/// site.later(std::time::Duration::from_mins(6)); // the default idle time is five minutes
/// ada.get("/").await.assert_says("1 times");
/// # }
/// ```
#[derive(Clone)]
pub struct Site {
    backing: Arc<Backing>,
    /// `None` for an application that is reached by an address.
    transport: Option<Transport>,
}

impl Site {
    /// Starts an application, with the default settings and a store in memory.
    pub fn new<A: App>(app: impl FnOnce(SessionLayer) -> A) -> Self {
        Self::with_config(SessionConfig::default(), app)
    }

    /// Starts an application with these settings.
    pub fn with_config<A: App>(config: SessionConfig, app: impl FnOnce(SessionLayer) -> A) -> Self {
        Self::without_app(config).running(app)
    }

    /// Starts an application on another store, such as one on a server. The site's [clock](Self::later) then moves the layer and
    /// the browsers, but not the deadlines that the store keeps.
    pub fn with_store<A: App>(
        store: impl Store,
        config: SessionConfig,
        app: impl FnOnce(SessionLayer) -> A,
    ) -> Self {
        let backing = Backing::new(AnyStore::new(store), config, Clock::new());
        Self { backing: Arc::new(backing), transport: None }.running(app)
    }

    /// Makes the sessions for an application that listens on a socket. The test starts it with [`layer`](Self::layer),
    /// [`sessions`](Self::sessions) or [`blocking_sessions`](Self::blocking_sessions), and visits it with
    /// [`browser_at`](Self::browser_at), or [says where it listens](Self::listening_at).
    #[must_use]
    pub fn without_app(config: SessionConfig) -> Self {
        Self { backing: Arc::new(Backing::in_memory(config)), transport: None }
    }

    /// Says where the application listens that the test has started. Its browsers connect there, and seem to be at
    /// `https://site.test` all the same.
    ///
    /// ```no_run
    /// use alo_session::{MemoryStore, SessionConfig, SessionLayer};
    /// use session_testing::Site;
    ///
    /// # fn start_server<S>(sessions: alo_session::driver::Sessions<S>) -> String { todo!() }
    /// let site = Site::without_app(SessionConfig::default());
    /// let url = start_server(site.sessions()); // such as http://127.0.0.1:4711
    /// let site = site.listening_at(&url);
    /// ```
    #[must_use]
    pub fn listening_at(self, url: &str) -> Self {
        Self { transport: Some(Transport::to(url)), ..self }
    }

    fn running<A: App>(self, app: impl FnOnce(SessionLayer) -> A) -> Self {
        let transport = app(self.layer()).into_transport();
        Self { transport: Some(transport), ..self }
    }

    /// Opens another browser, which knows the site not yet.
    ///
    /// # Panics
    /// If the site is [without an application](Self::without_app).
    #[must_use]
    #[track_caller]
    pub fn browser(&self) -> Browser {
        super::story::verdict(self.transport.is_some(), || {
            "a site without an application is visited by `browser_at`".to_owned()
        });
        self.browser_at(Browser::HOME)
    }

    /// Opens a browser for the site under another address than `https://site.test`, such as `http://nas.lan` without TLS. The
    /// browser of a site [without an application](Self::without_app) connects to the address, as to a server.
    #[must_use]
    pub fn browser_at(&self, url: &str) -> Browser {
        let transport = self.transport.clone().unwrap_or_else(|| Transport::to(url));
        Browser::open(transport, Some(Arc::clone(&self.backing)), url)
    }

    /// Opens a browser in which this owner is signed in, without the site's form for it.
    ///
    /// ```
    /// # use alo_session::{FreshSession, SessionFailure};
    /// # use axum::{Router, routing::get};
    /// # use session_testing::Site;
    /// # use std::time::Duration;
    /// # async fn page(FreshSession(session): FreshSession<300>) -> String { session.owner().unwrap_or_default() }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// # let site = Site::new(|sessions| Router::new().route("/account", get(page)).layer(sessions));
    /// let ada = site.signed_in("ada").level(1).with("cart", ["mug", "teapot"]).await;
    /// ada.get("/account").await.assert_status(200);
    ///
    /// let ada = site.signed_in("ada").ago(Duration::from_hours(2)).await;
    /// ada.get("/account").await.assert_status(403);
    /// # }
    /// ```
    ///
    /// # Panics
    /// See [`browser`](Self::browser).
    #[track_caller]
    pub fn signed_in(&self, owner: impl Display) -> Given<Browser> {
        self.browser().given().signed_in(owner)
    }

    /// Moves the clock forward, for the layer, the store and the browsers.
    pub fn later(&self, by: Duration) {
        self.backing.clock.advance(by);
    }

    /// Returns the time of the clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.backing.clock.now()
    }

    /// Returns the clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.backing.clock
    }

    /// Returns what makes the application's store fail. What the test itself looks at or arranges meets no fault.
    #[must_use]
    pub fn faults(&self) -> &Schedule {
        &self.backing.faults
    }

    /// Returns all sessions of an owner, newest first.
    ///
    /// # Panics
    /// If the store itself fails.
    pub async fn sessions_of(&self, owner: impl Display) -> Vec<SessionInfo> {
        let sessions = Sessions::with_context(self.backing.store.clone(), Arc::clone(&self.backing.context));
        let found = sessions.of(&owner, self.now()).await;
        super::story::verdict(found.is_ok(), || {
            format!("the sessions of {owner} cannot be listed: {found:?}")
        });
        found.unwrap_or_default()
    }

    /// Returns the layer that the application gets: with the site's store, settings and clock.
    pub fn layer(&self) -> SessionLayer {
        SessionLayer::from_sessions(self.backing.sessions())
    }

    /// Returns the same sessions for an application on another framework, such as
    /// `SessionMiddleware::from_sessions` of session-actix.
    #[must_use]
    pub fn sessions(&self) -> Sessions<impl Store + use<>> {
        self.backing.sessions()
    }

    /// Returns the same sessions for an application without a runtime. `now` is an argument there:
    /// [`site.now()`](Self::now), or the [clock's](Self::clock).
    ///
    /// # Panics
    /// If the site has another [store](Self::with_store) than the one in memory.
    #[must_use]
    #[track_caller]
    pub fn blocking_sessions(&self) -> blocking::Sessions<impl BlockingStore + use<>> {
        let store = self.backing.memory.clone();
        super::story::verdict(store.is_some(), || "only a store in memory is blocking here".to_owned());
        let store = self.backing.guarded(store.unwrap_or_default());
        blocking::Sessions::with_context(store, Arc::clone(&self.backing.context))
    }
}

impl fmt::Debug for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Site").field("config", self.backing.config()).finish_non_exhaustive()
    }
}
