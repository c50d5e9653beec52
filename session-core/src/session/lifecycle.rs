use std::{ops::RangeInclusive, sync::Arc, time::Duration};

use super::{Arrival, Arrived, Base, Delta, Op, OpenSession, State, ValueError};
use crate::{
    Context, SessionError, Timestamp, Visit,
    fingerprint::{Fingerprint, FingerprintOk},
    id::SessionHandle,
    record::Live,
};

impl OpenSession {
    /// A session that was loaded. This takes the proof that its fingerprint was checked.
    pub(crate) fn loaded(
        context: Arc<Context>,
        visit: &Visit<'_>,
        now: Timestamp,
        live: Live,
        base: Base,
        arrived: Arrived,
        (fingerprint, _): (Option<Fingerprint>, FingerprintOk),
    ) -> Self {
        let state = State::new(live, Some(base), fingerprint, (visit, context.config()), (arrived, now));
        Self::from_state(context, state)
    }

    /// How the request arrived at this session. A page can say why a user must sign in again, or show a form once more, and
    /// a log can name the reason. The request does not change it.
    #[must_use]
    pub fn arrival(&self) -> Arrival {
        self.state().arrived.arrival
    }

    /// Drops every change that is not saved. The session is then as it was loaded or last saved, and the next save only notes
    /// that it was used.
    ///
    /// ```
    /// # use session_core::{Context, SessionConfig, Timestamp, Visit, exchange};
    /// # let context = Context::new(SessionConfig::default());
    /// # let session = exchange::fresh(&context, &Visit::new(), Timestamp::from_millis(0));
    /// session.set("step", 2)?;
    /// session.discard();
    /// assert!(!session.contains("step") && !session.is_changed());
    /// # Ok::<(), session_core::SessionError>(())
    /// ```
    #[doc(alias("rollback", "undo"))]
    pub fn discard(&self) {
        let mut state = self.state();
        if !state.delta.is_empty() {
            state.live = state.original(self.context().config());
            state.delta = Delta::default();
            state.version += 1;
        }
    }

    /// Sets whether this request does not count as a use of the session, such as a poll. It then neither extends the idle
    /// deadline nor replaces the id for its age. A sign-in is always a use.
    #[doc(alias("poll", "keepalive"))]
    pub fn set_passive(&self, passive: bool) {
        self.state().passive = passive;
    }

    /// Gives the session a new id, for every change of rights that is not a sign-in. The old id ends when this is saved.
    ///
    /// # Errors
    /// [`SessionError::Destroyed`] if the session was destroyed.
    #[doc(alias("cycle_id", "renew", "regenerate", "migrate"))]
    pub fn rotate(&self) -> Result<(), SessionError> {
        self.tokens().renew_all()?;
        self.apply(Op::Rotate)
    }

    /// Ends the session. When this is saved, the session is deleted and the browser removes its cookie. A session that is not
    /// stored can be destroyed too. The session cannot be changed afterwards: to leave a message for the next page, use
    /// [`logout`](Self::logout) or [`clear`](Self::clear) with [`rotate`](Self::rotate) instead.
    #[doc(alias("flush", "delete", "invalidate"))]
    pub fn destroy(&self) {
        let now = self.time();
        let mut state = self.state();
        if !state.is_ended() {
            let config = self.context().config();
            state.saved = state.base.is_some().then(|| Box::new(state.original(config)));
            state.live = Live::new(config, now);
            state.push(Op::Destroy);
        }
    }

    /// The longest [label](Self::set_label) in bytes.
    pub const MAX_LABEL_BYTES: usize = 1024;

    /// Sets the name of the device, for the list of the owner's sessions.
    ///
    /// # Errors
    /// [`ValueError::Label`] if it is longer than [`MAX_LABEL_BYTES`](Self::MAX_LABEL_BYTES), or [`SessionError::Destroyed`] if
    /// the session was destroyed.
    #[doc(alias = "device")]
    pub fn set_label(&self, label: Option<&str>) -> Result<(), SessionError> {
        let (limit, found) = (Self::MAX_LABEL_BYTES, label.map_or(0, str::len));
        if found > limit {
            return Err(ValueError::Label { limit, found }.into());
        }
        self.apply(Op::Label { label: label.map(Into::into) })
    }

    /// Gives this session an idle lifetime of its own, or the configured one for `None`. The absolute lifetime stays.
    ///
    /// It survives every later write and change of the id, until the owner signs out or another owner signs in.
    ///
    /// # Errors
    /// [`ValueError::Lifetime`] if it is shorter than a second or longer than 36,500 days, or [`SessionError::Destroyed`].
    #[doc(alias("timeout", "expiry", "set_expiry"))]
    pub fn set_idle(&self, idle: Option<Duration>) -> Result<(), SessionError> {
        check_lifetime(idle)?;
        self.apply(Op::Idle { idle })
    }

    /// "Remember me": sets both the idle and the absolute lifetime, counted from the sign-in, and makes the cookie survive the
    /// browser. `None` restores the configuration. Call it after [`login`](Self::login).
    ///
    /// It survives every later write and change of the id, until the owner signs out or another owner signs in. To end the
    /// session earlier if it is not used, call [`set_idle`](Self::set_idle) as well.
    ///
    /// NIST SP 800-63B-4 allows up to 30 days for AAL1, 24 hours for AAL2 and 12 hours for AAL3, and no persistent cookie for
    /// the latter two. Sensitive actions should then require a [fresh sign-in](Self::require_fresh).
    ///
    /// ```
    /// # use session_core::{Context, SessionConfig, Timestamp, Visit, exchange};
    /// # use std::time::Duration;
    /// # let context = Context::new(SessionConfig::default());
    /// # let now = Timestamp::from_millis(0);
    /// # let session = exchange::fresh(&context, &Visit::new(), now);
    /// session.login("user-42")?;
    /// session.remember(Duration::from_secs(30 * 86_400))?;
    /// assert_eq!(session.expires_in(now).as_secs(), 30 * 86_400);
    /// # Ok::<(), session_core::SessionError>(())
    /// ```
    ///
    /// # Errors
    /// See [`set_idle`](Self::set_idle).
    #[doc(alias("remember_me", "expiry", "set_expiry", "persistent"))]
    pub fn remember(&self, lifetime: impl Into<Option<Duration>>) -> Result<(), SessionError> {
        let lifetime = lifetime.into();
        check_lifetime(lifetime)?;
        let at = self.time();
        self.apply(Op::Remember { lifetime, at })
    }

    /// The handle of the stored session in logs and device lists. Returns `None` if the session is not stored. A change of the
    /// id changes the handle when it is saved.
    #[doc(alias("id", "session_id"))]
    #[must_use]
    pub fn id_handle(&self) -> Option<SessionHandle> {
        self.state().base.as_ref().map(|base| base.key.digest.handle())
    }

    /// Whether the session is not stored yet.
    #[must_use]
    pub fn is_new(&self) -> bool {
        self.state().base.is_none()
    }

    /// Whether this request made a change that is not saved yet.
    #[doc(alias("is_modified", "dirty"))]
    #[must_use]
    pub fn is_changed(&self) -> bool {
        !self.state().delta.is_empty()
    }

    /// Whether this request destroyed the session, or a save or a refresh found that it has ended.
    #[must_use]
    pub fn is_destroyed(&self) -> bool {
        self.state().is_ended()
    }
}

fn check_lifetime(lifetime: Option<Duration>) -> Result<(), SessionError> {
    const RANGE: RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(36_500 * 86_400);
    match lifetime {
        Some(lifetime) if !RANGE.contains(&lifetime) => Err(ValueError::Lifetime.into()),
        _ => Ok(()),
    }
}
