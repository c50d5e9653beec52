use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use session_core::{
    SessionError, Timestamp, Visit,
    exchange::{Saved, Settled},
};
use tokio::sync::{Mutex, OnceCell};

use crate::settings::Settings;

/// The place of one request's session: empty until somebody asks for it.
pub(crate) struct Slot {
    settings: Arc<Settings>,
    session: OnceCell<session_core::Session>,
    /// Two saves at the same time would meet as strangers in the store, and an update would run twice.
    saving: Mutex<()>,
    answered: AtomicBool,
}

impl Slot {
    pub(crate) fn new(settings: Arc<Settings>) -> Self {
        Self { settings, session: OnceCell::new(), saving: Mutex::new(()), answered: AtomicBool::new(false) }
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    #[cfg(feature = "axum")]
    pub(crate) const fn shared_settings(&self) -> &Arc<Settings> {
        &self.settings
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.settings.now()
    }

    pub(crate) fn loaded(&self) -> Option<&session_core::Session> {
        self.session.get()
    }

    /// Loads the session unless it is loaded. Who comes while it is being loaded waits; after a failure or a
    /// cancelled try the next one tries again.
    pub(crate) async fn load(&self, visit: &Visit<'_>) -> Result<session_core::Session, SessionError> {
        let open = || self.settings.driver.open(visit, self.now());
        self.session.get_or_try_init(open).await.cloned()
    }

    pub(crate) async fn save(&self, session: &session_core::Session) -> Result<Settled, SessionError> {
        let _alone = self.saving.lock().await;
        let settled = self.settings.driver.save(session, self.now()).await?;
        if matches!(settled.saved, Saved::Created | Saved::Rotated) {
            self.warn_if_answered();
        }
        Ok(settled)
    }

    pub(crate) async fn consume(
        &self,
        session: &session_core::Session,
        name: &str,
        text: &str,
    ) -> Result<bool, SessionError> {
        let _alone = self.saving.lock().await;
        let now = self.now();
        self.settings.driver.consume(session, name, text, now).await
    }

    pub(crate) async fn end_others(&self, session: &session_core::Session) -> Result<u64, SessionError> {
        let _alone = self.saving.lock().await;
        self.settings.driver.end_others(session, self.now()).await
    }

    /// From now on the browser learns nothing of the session's cookie.
    pub(crate) fn set_answered(&self) {
        self.answered.store(true, Ordering::Release);
    }

    fn warn_if_answered(&self) {
        if self.answered.load(Ordering::Acquire) {
            tracing::warn!(
                target: "alo_session",
                "session got a new id after the head of the response: the browser cannot learn of it"
            );
        }
    }
}

impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slot").field("session", &self.session.get()).finish_non_exhaustive()
    }
}
