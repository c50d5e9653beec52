use std::{fmt, sync::Arc};

use http::Extensions;
use session_core::{
    SessionError, Timestamp, Visit,
    exchange::{Saved, Settled, is_head_sent},
};
use tokio::sync::{Mutex, OnceCell};

use crate::{SessionFailure, layer_options::LayerOptions};

/// The session of one request, loaded on first use.
pub(crate) struct Slot {
    options: Arc<LayerOptions>,
    session: OnceCell<session_core::OpenSession>,
    /// Serializes saves: two at once would conflict with each other and apply an update twice.
    saving: Mutex<()>,
}

impl Slot {
    pub(crate) fn new(options: Arc<LayerOptions>) -> Self {
        Self { options, session: OnceCell::new(), saving: Mutex::new(()) }
    }

    /// Returns the slot that the layer put into the extensions of the request.
    pub(crate) fn of(extensions: &Extensions) -> Result<&Arc<Self>, SessionFailure> {
        extensions.get().ok_or_else(SessionFailure::missing_layer)
    }

    pub(crate) const fn options(&self) -> &Arc<LayerOptions> {
        &self.options
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.options.now()
    }

    pub(crate) fn loaded(&self) -> Option<&session_core::OpenSession> {
        self.session.get()
    }

    /// Returns the session and loads it if necessary. Concurrent callers wait for one load; if it fails or is cancelled, the
    /// next caller loads.
    pub(crate) async fn load(&self, visit: &Visit<'_>) -> Result<session_core::OpenSession, SessionError> {
        let open = || self.options.sessions.open(visit, self.now());
        self.session.get_or_try_init(open).await.cloned()
    }

    pub(crate) async fn save(&self, session: &session_core::OpenSession) -> Result<Settled, SessionError> {
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
        session: &session_core::OpenSession,
        name: &str,
        text: &str,
    ) -> Result<bool, SessionError> {
        let _alone = self.saving.lock().await;
        let now = self.now();
        self.options.sessions.consume(session, name, text, now).await
    }

    pub(crate) async fn end_others(&self, session: &session_core::OpenSession) -> Result<u64, SessionError> {
        let _alone = self.saving.lock().await;
        self.options.sessions.end_others(session, self.now()).await
    }
}

impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slot").field("session", &self.session.get()).finish_non_exhaustive()
    }
}
