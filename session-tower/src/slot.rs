use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use session_core::{
    OpenSession, SessionError, Timestamp, Visit,
    config::CookieSettings,
    exchange::{Saved, Settled, head_sent, is_head_sent},
};
use tokio::{
    runtime::Handle,
    sync::{Mutex, OnceCell},
};

use crate::{RequestHead, layer_options::LayerOptions};

/// The session of one request, loaded on first use.
pub(crate) struct Slot {
    options: Arc<LayerOptions>,
    session: OnceCell<OpenSession>,
    /// Serializes saves: two at once would conflict with each other and apply an update twice.
    saving: Mutex<()>,
    /// The attributes of the cookie, if the application chose them for this request.
    cookie: Option<Box<CookieSettings>>,
    /// Whether the save under way is that of `end_others`, which has more to do after it.
    ends_others: AtomicBool,
    /// Whether the head of the response is out, or no head will come.
    answered: AtomicBool,
}

impl Slot {
    pub(crate) fn new(options: Arc<LayerOptions>, head: RequestHead<'_>) -> Self {
        Self {
            cookie: options.cookie(head),
            options,
            session: OnceCell::new(),
            saving: Mutex::new(()),
            ends_others: AtomicBool::new(false),
            answered: AtomicBool::new(false),
        }
    }

    pub(crate) const fn options(&self) -> &Arc<LayerOptions> {
        &self.options
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
    pub(crate) async fn load(&self, visit: &Visit<'_>) -> Result<OpenSession, SessionError> {
        let open = || self.options.sessions.open(visit, self.now());
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

    /// Finishes a save that is under way when the client goes away, on the runtime, if there is one. Half a sign-in would leave
    /// a session that nobody can use.
    pub(crate) fn finish(self: &Arc<Self>) {
        if self.loaded().is_none() || self.saving.try_lock().is_ok() {
            return;
        }
        let Ok(runtime) = Handle::try_current() else {
            return;
        };
        let slot = Arc::clone(self);
        runtime.spawn(async move {
            let Some(session) = slot.loaded() else { return };
            // The core logs a failure, and nobody waits for the answer.
            if slot.ends_others.load(Ordering::SeqCst) {
                let _ended = slot.end_others(session).await;
            } else {
                let _saved = slot.save(session).await;
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
}

impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slot").field("session", &self.session.get()).finish_non_exhaustive()
    }
}
