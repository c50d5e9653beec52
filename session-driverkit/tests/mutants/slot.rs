use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use session_core::{
    OpenSession, SessionError,
    exchange::{Liveness, ended_here, head_sent, is_head_sent, needs_save},
    session::Arrival,
};
use session_driverkit::Held;
use tokio::sync::Mutex;

use crate::{driver::Driver, flaw::Flaw};

/// The session of one request.
pub(crate) struct Slot {
    pub(crate) driver: Arc<Driver>,
    pub(crate) session: OpenSession,
    saving: Mutex<()>,
    /// Whether a save of the handler is under way.
    own: AtomicBool,
    /// Whether all others of its owner are being ended.
    ends: AtomicBool,
    /// Whether a token is being used up.
    consumes: AtomicBool,
    /// Whether a save of the handler has failed.
    pub(crate) refused: AtomicBool,
}

impl Slot {
    pub(crate) fn new(driver: Arc<Driver>, session: OpenSession) -> Arc<Self> {
        let [own, ends, consumes, refused] = [const { AtomicBool::new(false) }; 4];
        Arc::new(Self { driver, session, saving: Mutex::default(), own, ends, consumes, refused })
    }

    pub(crate) fn is(&self, flaw: Flaw) -> bool {
        self.driver.is(flaw)
    }

    pub(crate) async fn save(&self) -> Result<(), SessionError> {
        let now = self.driver.now();
        let save = self.driver.sessions.save(&self.session, now);
        if self.is(Flaw::SavesAtOnce) {
            return save.await.map(drop);
        }
        if self.is(Flaw::LockIsDroppedAtOnce) {
            drop(self.saving.lock().await);
            return save.await.map(drop);
        }
        let _alone = self.saving.lock().await;
        save.await.map(drop)
    }

    async fn end_others(&self) -> Result<u64, SessionError> {
        let _alone = self.saving.lock().await;
        self.ends.store(true, Ordering::SeqCst);
        let ended = self.driver.sessions.end_others(&self.session, self.driver.now()).await;
        self.ends.store(false, Ordering::SeqCst);
        ended
    }

    /// What happens to a session whose request is not answered.
    pub(crate) fn abandon(self: &Arc<Self>) {
        head_sent(&self.session);
        let (session, is_own) = (&self.session, self.own.load(Ordering::SeqCst));
        let (ends, consumes) = (self.ends.load(Ordering::SeqCst), self.consumes.load(Ordering::SeqCst));
        let is_saving = self.saving.try_lock().is_err();
        let is_dropped = match self.driver.flaw {
            Flaw::PanicsAreNoUse | Flaw::CancelledSavesAreDropped => true,
            Flaw::OwnSavesAreDropped => is_own,
            Flaw::EndsAreDropped => ends,
            Flaw::UsesOfTokensAreDropped => consumes,
            _ => false,
        };
        if is_dropped || !is_saving && !needs_save(session, self.driver.now()) {
            return;
        }
        let saves = match self.driver.flaw {
            Flaw::SavesWhenDropped | Flaw::CancelledHandlersAreSaved => true,
            Flaw::CancelledSavesAreUses => false,
            Flaw::OwnSavesAreUses => is_saving && !is_own,
            Flaw::UsesOfTokensAreGivenBack => is_saving && !consumes,
            _ => is_saving || !session.is_changed(),
        };
        let slot = Arc::clone(self);
        tokio::spawn(async move {
            if ends && !slot.is(Flaw::EndsAreSaves) {
                let _ = slot.end_others().await;
            } else if saves {
                let _ = slot.save().await;
            } else {
                if is_saving {
                    slot.session.discard();
                }
                let now = slot.driver.now();
                let _ = slot.driver.sessions.refresh(&slot.session, now).await;
            }
        });
    }
}

/// The session as the handlers of the kit get it.
#[derive(Clone)]
pub(crate) struct Mine(pub(crate) Arc<Slot>);

impl Held for Mine {
    fn session(&self) -> &OpenSession {
        &self.0.session
    }

    async fn save(&self) -> Result<(), SessionError> {
        let slot = &self.0;
        let is_late = is_head_sent(&slot.session);
        match slot.driver.flaw {
            Flaw::OwnSavesWait => return Ok(()),
            Flaw::LateSavesAreIgnored | Flaw::SocketSavesAreIgnored if is_late => return Ok(()),
            _ => {}
        }
        slot.own.store(true, Ordering::SeqCst);
        let saved = slot.save().await;
        slot.own.store(false, Ordering::SeqCst);
        if saved.is_err() {
            slot.refused.store(true, Ordering::SeqCst);
        }
        saved
    }

    async fn refresh(&self) -> Result<Liveness, SessionError> {
        let (slot, now) = (&self.0, self.0.driver.now());
        let sessions = &slot.driver.sessions;
        match slot.driver.flaw {
            Flaw::RefreshIsAlive => Ok(Liveness::Alive),
            Flaw::RefreshIsNoUse => sessions.check(&slot.session, now).await,
            _ => sessions.refresh(&slot.session, now).await,
        }
    }

    async fn consume(&self, name: &str, text: &str) -> Result<bool, SessionError> {
        let (slot, now) = (&self.0, self.0.driver.now());
        let _alone = slot.saving.lock().await;
        slot.consumes.store(true, Ordering::SeqCst);
        let used = slot.driver.sessions.consume(&slot.session, name, text, now).await;
        slot.consumes.store(false, Ordering::SeqCst);
        used
    }

    async fn end_others(&self) -> Result<u64, SessionError> {
        self.0.end_others().await
    }

    async fn end_all(&self, owner: &str) -> Result<u64, SessionError> {
        let (slot, named) = (Arc::clone(&self.0), owner.to_owned());
        let end = async move { slot.driver.sessions.end_all(named).await };
        let ended = match self.0.driver.flaw {
            Flaw::EndsAreDropped => end.await?,
            _ => tokio::spawn(end).await.unwrap()?,
        };
        match self.0.driver.flaw {
            Flaw::EndOfAllForgetsTheRequest => {}
            Flaw::EndOfAllDestroys => self.0.session.destroy(),
            _ => ended_here(&self.0.session, owner, None, self.0.driver.now())?,
        }
        Ok(ended)
    }
}

/// Whether a request knows its session by the id that it brought.
pub(crate) fn is_known(session: &OpenSession) -> bool {
    session.arrival() == Arrival::Known
}
