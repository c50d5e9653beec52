use std::{ops::RangeInclusive, sync::Arc, time::Duration};

use super::{Op, Origin, Session, State};
use crate::{
    Context, Timestamp, Visit,
    fingerprint::{Fingerprint, FingerprintOk},
    id::SessionHandle,
    record::{Live, ValueError},
};

impl Session {
    /// The longest name of an owner, in bytes.
    pub const MAX_OWNER_BYTES: usize = 1024;

    /// A session that was loaded; that needs the proof that its fingerprint was checked.
    pub(crate) fn loaded(
        context: Arc<Context>,
        visit: &Visit<'_>,
        now: Timestamp,
        live: Live,
        origin: Origin,
        (fingerprint, _): (Option<Fingerprint>, FingerprintOk),
    ) -> Self {
        Self::from_state(context, State::new(live, Some(origin), fingerprint, visit, now))
    }

    /// Signs the owner in. The session gets a new id and the old one is dead once this is saved; what is in the
    /// session stays, all tokens get new values, and both lifetimes begin anew. Signing in again, as the same owner too,
    /// changes the id again.
    ///
    /// To drop what an anonymous session held, call [`clear`](Self::clear) first.
    ///
    /// # Errors
    /// [`ValueError`] if the name is empty or longer than [`MAX_OWNER_BYTES`](Self::MAX_OWNER_BYTES), the source of
    /// entropy fails, or the session was destroyed.
    pub fn login(&self, owner: &str) -> Result<(), ValueError> {
        check_owner(owner)?;
        self.tokens().renew_all()?;
        let at = self.state().opened;
        self.apply(Op::Login { owner: owner.into(), at })
    }

    /// Notes that the signed-in owner has proved again who they are, by something of this level: the application's own
    /// scale, on which a [`login`](Self::login) is 0. A second factor may be 1, or the levels may be those of NIST.
    /// Like a sign-in it changes the id, gives all tokens new values and begins both lifetimes anew.
    ///
    /// # Errors
    /// [`ValueError::NotSignedIn`] if nobody is; else as for [`login`](Self::login).
    pub fn elevate(&self, level: u8) -> Result<(), ValueError> {
        if self.owner().is_none() {
            return Err(ValueError::NotSignedIn);
        }
        self.tokens().renew_all()?;
        let at = self.state().opened;
        self.apply(Op::Elevate { level, at })
    }

    /// Signs the owner out and leaves an anonymous, empty session under a new id; the old id is dead once this is
    /// saved. What is set afterwards, such as a flash message, is kept. Does nothing when nobody is signed in.
    ///
    /// # Errors
    /// [`ValueError::Destroyed`] if the session was destroyed.
    pub fn logout(&self) -> Result<(), ValueError> {
        let Some(owner) = self.owner() else {
            return Ok(());
        };
        let at = self.state().opened;
        self.apply(Op::Wipe)?;
        self.apply(Op::Logout { owner: owner.into(), at })
    }

    /// Gives the session a new id; the old one is dead once this is saved. For every change of rights that is not a
    /// sign-in.
    ///
    /// # Errors
    /// [`ValueError::Destroyed`] if the session was destroyed.
    pub fn rotate(&self) -> Result<(), ValueError> {
        self.tokens().renew_all()?;
        self.apply(Op::Rotate)
    }

    /// Ends the session: it is deleted when this is saved, and the browser is told to forget it. Safe when there is
    /// none. The session takes no changes after it; to leave a message for the next page, use [`logout`](Self::logout) or
    /// [`clear`](Self::clear) with [`rotate`](Self::rotate) instead.
    pub fn destroy(&self) {
        let mut state = self.state();
        if !state.is_ended() {
            state.live = Live::new(self.context().config(), state.opened);
            state.push(Op::Destroy);
        }
    }

    /// Names the device of this session, for the list of an owner's sessions.
    ///
    /// # Errors
    /// [`ValueError::Destroyed`] if the session was destroyed.
    pub fn set_label(&self, label: Option<&str>) -> Result<(), ValueError> {
        self.apply(Op::Label { label: label.map(Into::into) })
    }

    /// Gives this session an idle lifetime of its own, or the configured one again. The absolute lifetime stays.
    ///
    /// It survives every later write and change of the id, until the owner signs out or another one signs in.
    ///
    /// # Errors
    /// [`ValueError::Lifetime`] if it is under a second or over 36,500 days, or [`ValueError::Destroyed`].
    pub fn set_idle(&self, idle: Option<Duration>) -> Result<(), ValueError> {
        check_lifetime(idle)?;
        self.apply(Op::Idle { idle })
    }

    /// "Remember me": gives this session this idle and absolute lifetime, counted from the sign-in, and a cookie that
    /// survives the browser; or, for `None`, what is configured again. Call it after [`login`](Self::login).
    ///
    /// It survives every later write and change of the id, until the owner signs out or another one signs in. To end
    /// the session earlier where nobody uses it, call [`set_idle`](Self::set_idle) as well.
    ///
    /// NIST SP 800-63B-4 allows up to 30 days for AAL1, 24 hours for AAL2 and 12 hours for AAL3, and wants no
    /// persistent cookie for the latter two. What is sensitive should ask for a
    /// [fresh sign-in](Self::require_fresh) then.
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
    /// # Ok::<(), session_core::ValueError>(())
    /// ```
    ///
    /// # Errors
    /// As for [`set_idle`](Self::set_idle).
    pub fn remember(&self, lifetime: impl Into<Option<Duration>>) -> Result<(), ValueError> {
        let lifetime = lifetime.into();
        check_lifetime(lifetime)?;
        let at = self.state().opened;
        self.apply(Op::Remember { lifetime, at })
    }

    /// Who is signed in, if anybody is.
    #[must_use]
    pub fn owner(&self) -> Option<String> {
        self.state().live.owner.clone()
    }

    /// The name by which logs and device lists know the stored session; none while it is not stored. Whatever changes the
    /// id changes it too, but only once that is saved.
    #[must_use]
    pub fn id_handle(&self) -> Option<SessionHandle> {
        self.state().origin.as_ref().map(|origin| origin.key.digest.handle())
    }

    /// Whether the session is not stored yet.
    #[must_use]
    pub fn is_new(&self) -> bool {
        self.state().origin.is_none()
    }

    /// Whether this request made a change that is not saved yet.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        !self.state().delta.is_empty()
    }

    /// Whether this request destroyed the session.
    #[must_use]
    pub fn is_destroyed(&self) -> bool {
        self.state().is_ended()
    }

    /// Drops an operation that lost against another request, and continues on what that one left.
    pub(crate) fn give_up(&self, index: usize, fresh: &Live, origin: &Origin) {
        let mut state = self.state();
        state.delta = state.delta.without(index);
        if let Ok(live) = state.delta.replayed_on(fresh, self.context().config()) {
            state.live = live;
            state.origin = Some(origin.clone());
        }
        state.version += 1;
    }
}

pub(crate) fn check_owner(owner: &str) -> Result<(), ValueError> {
    match owner.len() {
        1..=Session::MAX_OWNER_BYTES => Ok(()),
        found => Err(ValueError::Owner { limit: Session::MAX_OWNER_BYTES, found }),
    }
}

fn check_lifetime(lifetime: Option<Duration>) -> Result<(), ValueError> {
    const RANGE: RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(36_500 * 86_400);
    match lifetime {
        Some(lifetime) if !RANGE.contains(&lifetime) => Err(ValueError::Lifetime),
        _ => Ok(()),
    }
}
