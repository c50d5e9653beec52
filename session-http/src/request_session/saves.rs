//! What is saved during a request, one save after another, and what goes on without its client.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use session_core::{
    OpenSession, SessionError, Timestamp,
    exchange::{Liveness, Saved, Settled, is_head_sent, needs_save},
};
use tokio::{
    runtime::Handle,
    time::{Instant, sleep_until},
};

use super::{RequestSession, lock, turns::Turn};

impl RequestSession {
    /// Goes on without the client, on the runtime, if there is one. A save that is under way is finished: half a sign-in would
    /// leave a session that nobody can use. That the session was used is noted; what the handler changed is not saved.
    pub(crate) fn abandon(self: &Arc<Self>) {
        let (Some(session), Ok(runtime)) = (self.opened(), Handle::try_current()) else {
            return;
        };
        // The handler may be gone already, and the lock with it.
        let is_saving = self.unfinished.load(Ordering::SeqCst) || self.turns.try_take().is_none();
        if !is_saving && !needs_save(session, self.now()) {
            return;
        }
        let request = Arc::clone(self);
        runtime.spawn(async move {
            let Some(session) = request.opened() else { return };
            // The core logs a failure, and nobody waits for the answer.
            if request.ends_others.load(Ordering::SeqCst) {
                let _ended = request.end_others(session).await;
            } else if is_saving || !session.is_changed() {
                let _saved = request.save(session).await;
            } else {
                let _lives = request.refresh(session, true).await;
            }
        });
    }

    /// Waits until no other call of the store is under way for this request.
    pub(super) async fn turn(&self) -> Turn<'_> {
        self.turns.take().await
    }

    pub(crate) async fn save(&self, session: &OpenSession) -> Result<Settled, SessionError> {
        let settled = self.alone(async || self.sessions.core().save(session, self.now()).await).await?;
        if matches!(settled.saved, Saved::Created | Saved::Rotated) && is_head_sent(session) {
            tracing::warn!(
                target: "alo_session",
                "session got a new id after the head of the response: the browser cannot learn of it"
            );
        }
        Ok(settled)
    }

    /// Saves before the head is sent, at once. `None` if the store may wait, or another save is under way.
    pub(crate) fn save_now(
        &self,
        session: &OpenSession,
        now: Timestamp,
    ) -> Option<Result<Settled, SessionError>> {
        let _turn = self.turns.try_take()?;
        self.sessions.core().save_now(session, now)
    }

    pub(crate) async fn consume(
        &self,
        session: &OpenSession,
        name: &str,
        text: &str,
    ) -> Result<bool, SessionError> {
        self.alone(async || self.sessions.core().consume(session, name, text, self.now()).await).await
    }

    pub(crate) async fn end_others(&self, session: &OpenSession) -> Result<u64, SessionError> {
        let end_others = async || {
            self.ends_others.store(true, Ordering::SeqCst);
            let ended = self.sessions.core().end_others(session, self.now()).await;
            self.ends_others.store(false, Ordering::SeqCst);
            ended
        };
        self.alone(end_others).await
    }

    /// Saves, while no other does. If it is cancelled, it stays noted that a save is to be finished.
    async fn alone<T>(&self, save: impl AsyncFnOnce() -> T) -> T {
        let _turn = self.turn().await;
        self.unfinished.store(true, Ordering::SeqCst);
        let saved = save().await;
        self.unfinished.store(false, Ordering::SeqCst);
        saved
    }

    /// Brings the session up to date. With `uses` that is a use of it.
    pub(crate) async fn refresh(&self, session: &OpenSession, uses: bool) -> Result<Liveness, SessionError> {
        let _turn = self.turn().await;
        let (sessions, now) = (self.sessions.core(), self.now());
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
