use std::{
    fmt::Display,
    task::{Context, Poll, Waker},
};

use axum_core::body::Body;
use http::{HeaderValue, Request, header::COOKIE};
use session_core::{OpenSession, SessionConfig, SessionError, Visit, blocking};
use session_memory::MemoryStore;
use session_tower::{LazySession, Session, SessionLayer};

use super::{
    Clock, Given,
    given::{apply, failed},
};

/// Begins a session of this owner, for a unit test without HTTP.
///
/// ```
/// use alo_session::{Session, SessionFailure, session::OpenSession};
///
/// async fn add(session: Session, item: String) -> Result<usize, SessionFailure> {
///     Ok(session.update("cart", move |cart: &mut Vec<String>| {
///         cart.push(item);
///         cart.len()
///     })?)
/// }
///
/// /// For a program without a runtime.
/// fn greeting(session: &OpenSession) -> String {
///     format!("Hello, {}.", session.owner().unwrap_or("stranger".into()))
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let session = session_testing::signed_in("ada").with("cart", vec!["mug"]).session();
/// assert_eq!(add(session.clone(), "teapot".into()).await.unwrap(), 2);
/// assert!(session.is_changed());
///
/// assert_eq!(greeting(&session_testing::signed_in("ada").open_session()), "Hello, ada.");
/// # }
/// ```
pub fn signed_in(owner: impl Display) -> Given {
    visitor().signed_in(owner)
}

/// Begins a session of a visitor, for a unit test without HTTP. See [`signed_in`].
pub const fn visitor() -> Given {
    Given::of(())
}

impl Given {
    /// Returns the session as the extractor of a handler gets it: stored, if there is something to be stored, and not changed.
    /// It is in a memory store of its own, where the handler may save it.
    ///
    /// # Panics
    /// If the session cannot become what it should be.
    #[must_use]
    pub fn session(self) -> Session {
        let (sessions, clock, cookie) = self.stored();
        let layer = SessionLayer::new(sessions.store().clone(), sessions.context().config().clone())
            .clock(clock.reader());
        let mut request = Request::new(Body::empty());
        if let Some(cookie) = cookie.and_then(|cookie| HeaderValue::try_from(cookie).ok()) {
            request.headers_mut().insert(COOKIE, cookie);
        }
        layer.place(&mut request);
        let session =
            LazySession::from_request(&request).map(|session| now(async move { session.load().await }));
        match session {
            Ok(Some(Ok(session))) => session,
            _ => failed(&SessionError::Unknown),
        }
    }

    /// Returns the session of a program without a runtime; otherwise like [`session`](Self::session).
    ///
    /// # Panics
    /// If the session cannot become what it should be.
    #[must_use]
    pub fn open_session(self) -> OpenSession {
        let (sessions, clock, cookie) = self.stored();
        let visit = Visit::new().cookie(cookie.as_deref().unwrap_or_default().as_bytes());
        sessions.open(&visit, clock.now()).unwrap_or_else(|error| failed(&error))
    }

    /// Stores the session in a new store, and returns the `Cookie` header of its browser.
    fn stored(self) -> (blocking::Sessions<MemoryStore>, Clock, Option<String>) {
        let (clock, config) = (Clock::new(), SessionConfig::default());
        let at = self.at(clock.now());
        let store = MemoryStore::builder().clock(clock.clone()).build().unwrap_or_default();
        let (past, sessions) =
            (blocking::Sessions::new(store.clone(), config.clone()), blocking::Sessions::new(store, config));
        let stored = past.open(&Visit::new(), at).and_then(|session| {
            apply(self.steps, &session)?;
            past.save(&session, at)
        });
        let settled = stored.unwrap_or_else(|error| failed(&error));
        let header = settled.cookie.header(&sessions.context().config().cookie);
        let cookie = header.as_deref().and_then(|header| header.split(';').next()).map(str::to_owned);
        (sessions, clock, cookie)
    }
}

/// The output of a future that never waits, as those over a store in memory.
fn now<T>(future: impl Future<Output = T>) -> Option<T> {
    match Box::pin(future).as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}
