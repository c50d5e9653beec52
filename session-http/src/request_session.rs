mod opens;
mod saves;
mod turns;

use std::{
    fmt,
    sync::{
        Arc, Mutex as StdMutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use session_core::{OpenSession, SessionError, Timestamp, config::CookieSettings, exchange::head_sent};
use tokio::time::Instant;
use turns::Turns;

use crate::{Client, Head, HttpSessions, OwnerSessions, Session, request::Headers};

/// The session of one request, loaded on first use. A middleware makes one for each request, lays it where the extractors of its
/// framework find it, and ends it with an [`Answering`](crate::Answering). Making one reads no header and asks no store.
///
/// ```
/// # use std::sync::Arc;
/// use session_http::{HttpSessions, RequestHead, RequestSession};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), session_core::SessionError> {
/// # let sessions = HttpSessions::new(session_memory::MemoryStore::new(), Default::default());
/// # let request = http::Request::new(());
/// let request_session = Arc::new(RequestSession::new(&sessions));
/// let session = request_session.load(&RequestHead::from(&request), None).await?;
/// assert!(session.is_new());
/// # Ok(())
/// # }
/// ```
pub struct RequestSession {
    sessions: HttpSessions,
    session: OnceLock<OpenSession>,
    /// Serializes loads and saves: two saves at once would conflict with each other and apply an update twice.
    turns: Turns,
    /// The attributes of the cookie, if the application chose them for this request.
    cookie: Option<Box<CookieSettings>>,
    /// Whether the request does not count as a use of the session.
    passive: bool,
    /// When it was last asked whether the session lives.
    checked: StdMutex<Option<Instant>>,
    /// The name of the form field with the CSRF token, if it is not the usual one.
    field: StdMutex<Option<Arc<str>>>,
    /// Whether a save has begun that did not come to its end: it is under way, or was cancelled.
    unfinished: AtomicBool,
    /// Whether that save is the one of `end_others`, which has more to do after it.
    ends_others: AtomicBool,
    /// Whether the head of the response is out, or no head will come.
    answered: AtomicBool,
    /// Whether the sessions of all cookies were ended.
    forgotten: AtomicBool,
    /// Whether the session that a header named was ended.
    forgotten_header: AtomicBool,
}

impl RequestSession {
    /// Makes the session of a request.
    #[must_use]
    pub fn new(sessions: &HttpSessions) -> Self {
        Self {
            sessions: sessions.clone(),
            session: OnceLock::new(),
            turns: Turns::new(),
            cookie: None,
            passive: false,
            checked: StdMutex::new(None),
            field: StdMutex::new(None),
            unfinished: AtomicBool::new(false),
            ends_others: AtomicBool::new(false),
            answered: AtomicBool::new(false),
            forgotten: AtomicBool::new(false),
            forgotten_header: AtomicBool::new(false),
        }
    }

    /// Lets the application choose the attributes of the cookie for this request. It starts from the configured ones. A choice
    /// that browsers do not take, or with another name, is an error in the log and has no effect.
    pub fn choose_cookie(&mut self, choose: impl FnOnce(&mut CookieSettings)) {
        let configured = self.sessions.cookie();
        let mut chosen = Box::new(configured.clone());
        choose(&mut chosen);
        let problem = match chosen.check() {
            Err(error) => error.to_string(),
            Ok(()) if chosen.name != configured.name => "cookie.name must be the configured one".to_owned(),
            Ok(()) => {
                self.cookie = Some(chosen);
                return;
            }
        };
        tracing::error!(
            target: "alo_session",
            %problem,
            "the cookie of this request cannot be as the application wishes; the configured one is used"
        );
    }

    /// Says whether the request does not count as a use of the session, such as a poll.
    pub fn set_passive(&mut self, passive: bool) {
        self.passive = passive;
    }

    /// Returns what it shares with the other requests of its middleware.
    #[must_use]
    pub const fn sessions(&self) -> &HttpSessions {
        &self.sessions
    }

    /// Returns the attributes of the cookie.
    #[must_use]
    pub fn cookie(&self) -> &CookieSettings {
        self.cookie.as_deref().unwrap_or_else(|| self.sessions.cookie())
    }

    /// Returns the session if it is loaded.
    #[must_use]
    pub fn loaded(self: &Arc<Self>) -> Option<Session> {
        let core = self.opened()?.clone();
        Some(Session::new(core, Arc::clone(self)))
    }

    /// Returns the sessions of all owners, for the handler of this request.
    #[must_use]
    pub fn owners(self: &Arc<Self>) -> OwnerSessions {
        OwnerSessions::new(self.sessions.clone(), Some(Arc::clone(self)))
    }

    /// Ends every session that the cookies of the request name, or its header, also if none can be loaded, and removes the cookie
    /// with the response. Returns the number of sessions.
    ///
    /// # Errors
    /// [`SessionError`] if the store fails.
    pub async fn forget<V: AsRef<[u8]> + Clone>(&self, client: &Client<V>) -> Result<u64, SessionError> {
        let _turn = self.turn().await;
        let ended = self.sessions.core().forget(&client.visit(), self.now()).await?;
        let carrier = if client.is_by_header() { &self.forgotten_header } else { &self.forgotten };
        carrier.store(true, Ordering::SeqCst);
        if let Some(session) = self.opened() {
            session.destroy();
        }
        Ok(ended)
    }

    /// Returns whether the head of the response is out, or none will come.
    #[must_use]
    pub fn is_answered(&self) -> bool {
        self.answered.load(Ordering::SeqCst)
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.sessions.now()
    }

    pub(crate) const fn is_passive(&self) -> bool {
        self.passive
    }

    pub(crate) fn is_forgotten(&self) -> bool {
        self.forgotten.load(Ordering::SeqCst)
    }

    pub(crate) fn is_header_forgotten(&self) -> bool {
        self.forgotten_header.load(Ordering::SeqCst)
    }

    pub(crate) fn opened(&self) -> Option<&OpenSession> {
        self.session.get()
    }

    /// Says how the form field with the CSRF token is called. The last word counts, which is that of the innermost protection.
    pub(crate) fn set_field(&self, name: &Arc<str>) {
        *lock(&self.field) = Some(Arc::clone(name));
    }

    pub(crate) fn field(&self) -> Option<Arc<str>> {
        lock(&self.field).clone()
    }

    /// Returns the headers that the session needs.
    pub(crate) fn headers<'a, H: Head>(&self, head: &'a H) -> Headers<'a, H::Value> {
        let headers = Headers::of(head, self.id_header());
        if !headers.id.is_there() {
            self.sessions.hints().plain_http(&headers, self.cookie());
        }
        headers
    }

    /// The name of the header that may carry the id.
    pub(crate) fn id_header(&self) -> Option<&str> {
        self.sessions.config().id_header.as_deref()
    }

    /// Returns whether the request carries its id in a [header](session_core::config::Settings::id_header), and so has no
    /// cookie. No page of another site can make a browser send it.
    #[must_use]
    pub fn is_by_header(&self, head: &impl Head) -> bool {
        let is_it = |name: &str| head.headers().any(|(found, _)| found.eq_ignore_ascii_case(name));
        self.id_header().is_some_and(is_it)
    }

    /// From now on the browser learns of no new cookie, also if the session is loaded later.
    pub(crate) fn set_answered(&self) {
        self.answered.store(true, Ordering::SeqCst);
        if let Some(session) = self.opened() {
            head_sent(session);
        }
    }
}

fn lock<T>(mutex: &StdMutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for RequestSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestSession").field("session", &self.session.get()).finish_non_exhaustive()
    }
}
