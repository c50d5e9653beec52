use std::{
    fmt,
    sync::{
        Arc, Mutex as StdMutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use session_core::{
    OpenSession, SessionError, Timestamp, Visit,
    config::CookieSettings,
    exchange::{Liveness, Saved, Settled, head_sent, is_head_sent, needs_save},
    session::Arrival,
    store::Applied,
};
use tokio::{
    runtime::Handle,
    sync::{Mutex, OnceCell},
    time::{Instant, sleep_until},
};

use crate::{RequestHead, layer_options::LayerOptions, request::Circumstances};

/// The session of one request, loaded on first use.
pub(crate) struct Slot {
    options: Arc<LayerOptions>,
    session: OnceCell<OpenSession>,
    /// Serializes saves: two at once would conflict with each other and apply an update twice.
    saving: Mutex<()>,
    /// The attributes of the cookie, if the application chose them for this request.
    cookie: Option<Box<CookieSettings>>,
    /// Whether the request does not count as a use of the session.
    passive: bool,
    /// When it was last asked whether the session lives.
    checked: StdMutex<Option<Instant>>,
    /// Whether the save under way is that of `end_others`, which has more to do after it.
    ends_others: AtomicBool,
    /// Whether the head of the response is out, or no head will come.
    answered: AtomicBool,
    /// Whether the sessions of all cookies were ended.
    forgotten: AtomicBool,
}

impl Slot {
    pub(crate) fn new(options: Arc<LayerOptions>, head: RequestHead<'_>) -> Self {
        Self {
            cookie: options.cookie(head),
            passive: options.passive_when.as_ref().is_some_and(|is_passive| is_passive(head)),
            checked: StdMutex::new(None),
            options,
            session: OnceCell::new(),
            saving: Mutex::new(()),
            ends_others: AtomicBool::new(false),
            answered: AtomicBool::new(false),
            forgotten: AtomicBool::new(false),
        }
    }

    pub(crate) const fn options(&self) -> &Arc<LayerOptions> {
        &self.options
    }

    pub(crate) const fn is_passive(&self) -> bool {
        self.passive
    }

    /// Returns the attributes of the cookie.
    pub(crate) fn cookie(&self) -> &CookieSettings {
        self.cookie.as_deref().unwrap_or(&self.options.sessions.context().config().cookie)
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.options.now()
    }

    pub(crate) fn loaded(&self) -> Option<&OpenSession> {
        self.session.get()
    }

    /// Returns the session and loads it if necessary. Concurrent callers wait for one load; if it fails or is cancelled, the
    /// next caller loads.
    pub(crate) async fn load(
        &self,
        visit: &Visit<'_>,
        circumstances: Circumstances,
    ) -> Result<OpenSession, SessionError> {
        let open = async || {
            let opened = self.options.sessions.open(visit, self.now()).await;
            let session = opened.map_err(without_effect)?;
            if circumstances.has_port && session.arrival() == Arrival::Expired {
                self.options.hints.unknown_id(&self.cookie().name);
            }
            Ok::<_, SessionError>(session)
        };
        let session = self.session.get_or_try_init(open).await?;
        // It may have been set while the session was being loaded.
        if self.is_answered() {
            head_sent(session);
        }
        Ok(session.clone())
    }

    pub(crate) fn is_answered(&self) -> bool {
        self.answered.load(Ordering::SeqCst)
    }

    /// From now on the browser learns of no new cookie, also if the session is loaded later.
    pub(crate) fn set_answered(&self) {
        self.answered.store(true, Ordering::SeqCst);
        if let Some(session) = self.loaded() {
            head_sent(session);
        }
    }

    /// Goes on without the client, on the runtime, if there is one. A save that is under way is finished: half a sign-in would
    /// leave a session that nobody can use. That the session was used is noted; what the handler changed is not saved.
    pub(crate) fn abandon(self: &Arc<Self>) {
        let (Some(session), Ok(runtime)) = (self.loaded(), Handle::try_current()) else {
            return;
        };
        let is_saving = self.saving.try_lock().is_err();
        if !is_saving && !needs_save(session, self.now()) {
            return;
        }
        let slot = Arc::clone(self);
        runtime.spawn(async move {
            let Some(session) = slot.loaded() else { return };
            // The core logs a failure, and nobody waits for the answer.
            if slot.ends_others.load(Ordering::SeqCst) {
                let _ended = slot.end_others(session).await;
            } else if is_saving || !session.is_changed() {
                let _saved = slot.save(session).await;
            } else {
                let _lives = slot.refresh(session, true).await;
            }
        });
    }

    pub(crate) async fn save(&self, session: &OpenSession) -> Result<Settled, SessionError> {
        let _alone = self.saving.lock().await;
        let settled = self.options.sessions.save(session, self.now()).await?;
        if matches!(settled.saved, Saved::Created | Saved::Rotated) && is_head_sent(session) {
            tracing::warn!(
                target: "alo_session",
                "session got a new id after the head of the response: the browser cannot learn of it"
            );
        }
        Ok(settled)
    }

    pub(crate) async fn consume(
        &self,
        session: &OpenSession,
        name: &str,
        text: &str,
    ) -> Result<bool, SessionError> {
        let _alone = self.saving.lock().await;
        let now = self.now();
        self.options.sessions.consume(session, name, text, now).await
    }

    pub(crate) async fn end_others(&self, session: &OpenSession) -> Result<u64, SessionError> {
        let _alone = self.saving.lock().await;
        self.ends_others.store(true, Ordering::SeqCst);
        let ended = self.options.sessions.end_others(session, self.now()).await;
        self.ends_others.store(false, Ordering::SeqCst);
        ended
    }

    /// Ends the sessions of all cookies of the request.
    pub(crate) async fn forget(&self, visit: &Visit<'_>) -> Result<u64, SessionError> {
        let _alone = self.saving.lock().await;
        let ended = self.options.sessions.forget(visit, self.now()).await?;
        self.forgotten.store(true, Ordering::SeqCst);
        if let Some(session) = self.loaded() {
            session.destroy();
        }
        Ok(ended)
    }

    pub(crate) fn is_forgotten(&self) -> bool {
        self.forgotten.load(Ordering::SeqCst)
    }

    /// Brings the session up to date. With `uses` that is a use of it.
    pub(crate) async fn refresh(&self, session: &OpenSession, uses: bool) -> Result<Liveness, SessionError> {
        let _alone = self.saving.lock().await;
        let (sessions, now) = (&self.options.sessions, self.now());
        if uses { sessions.refresh(session, now).await } else { sessions.check(session, now).await }
    }

    /// Waits until it is time to ask again whether the session lives.
    pub(crate) async fn next_check(&self, interval: Duration) {
        // It is kept here, so that a call that is cancelled and repeated does not begin to wait anew.
        let last = *lock(&self.checked).get_or_insert_with(Instant::now);
        sleep_until(last + interval).await;
        *lock(&self.checked) = Some(Instant::now());
    }
}

/// A request whose session cannot be loaded has changed nothing and may be repeated, also if the answer of the store was lost.
fn without_effect(error: SessionError) -> SessionError {
    match error {
        SessionError::Store(error) => error.with_applied(Applied::No).into(),
        error => error,
    }
}

fn lock<T>(mutex: &StdMutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slot").field("session", &self.session.get()).finish_non_exhaustive()
    }
}
