use std::{any::type_name, fmt::Display, str::FromStr};

use super::{Op, OpenSession, SignInRequired, ValueError};
use crate::SessionError;

impl OpenSession {
    /// The longest name of an owner in bytes.
    pub const MAX_OWNER_BYTES: usize = 1024;

    /// The name of the signed-in owner.
    #[doc(alias("user", "user_id", "identity"))]
    #[must_use]
    pub fn owner(&self) -> Option<String> {
        self.state().live.owner.clone()
    }

    /// The name of the signed-in owner as a type of the application, such as a number, a UUID or a type around one.
    ///
    /// ```
    /// # use session_core::{Context, SessionConfig, Timestamp, Visit, exchange};
    /// # let context = Context::new(SessionConfig::default());
    /// # let session = exchange::fresh(&context, &Visit::new(), Timestamp::from_millis(0));
    /// session.login(42)?;
    /// assert_eq!(session.owner_as::<u64>()?, Some(42));
    /// # Ok::<(), session_core::SessionError>(())
    /// ```
    ///
    /// # Errors
    /// [`ValueError::OwnerType`] if the name is not that of a `T`. The owner stays signed in.
    pub fn owner_as<T: FromStr>(&self) -> Result<Option<T>, SessionError> {
        let parsed = self.owner().map(|owner| owner.parse());
        parsed.transpose().map_err(|_| ValueError::OwnerType { expected: type_name::<T>() }.into())
    }

    /// The name of the signed-in owner. A handler that serves only signed-in users calls this first.
    ///
    /// # Errors
    /// [`SignInRequired::NotSignedIn`] if no user is signed in.
    #[doc(alias("user", "login_required"))]
    pub fn require_owner(&self) -> Result<String, SessionError> {
        self.owner().ok_or_else(|| SignInRequired::NotSignedIn.into())
    }

    /// Signs the owner in, under the text that its id displays: a name, a number, a UUID. When this is saved, the session
    /// gets a new id and the old id ends. The values of an anonymous session stay, all tokens get new values, and both
    /// lifetimes start again. Every further sign-in, also as the same owner, changes the id again.
    ///
    /// A sign-in over that of another owner removes the other owner's values, tokens and messages, because the other owner
    /// did not sign out. To keep them, call [`switch_owner`](Self::switch_owner). To drop the values of an anonymous session, call
    /// [`clear`](Self::clear) first.
    ///
    /// # Errors
    /// [`ValueError::Owner`] if the name is empty, has only blanks, or is longer than [`MAX_OWNER_BYTES`](Self::MAX_OWNER_BYTES);
    /// [`SessionError`] if the source of entropy fails, or the session was destroyed.
    #[doc(alias("sign_in", "user", "authenticate"))]
    pub fn login(&self, owner: impl Display) -> Result<(), SessionError> {
        self.sign_in(owner.to_string(), false)
    }

    /// Like [`login`](Self::login), but keeps the values of another owner who is signed in, such as for an administrator
    /// who acts as a customer and comes back.
    ///
    /// # Errors
    /// See [`login`](Self::login).
    pub fn switch_owner(&self, owner: impl Display) -> Result<(), SessionError> {
        self.sign_in(owner.to_string(), true)
    }

    fn sign_in(&self, owner: String, keeps: bool) -> Result<(), SessionError> {
        check_owner(&owner)?;
        self.tokens().renew_all()?;
        let at = self.time();
        self.apply(Op::Login { owner: owner.into(), at, keeps })
    }

    /// Notes that the signed-in owner has proved again who they are, with this level. The application defines the levels;
    /// a [`login`](Self::login) has level 0. A second factor may be level 1, or the levels may be those of NIST. Like a
    /// sign-in, this changes the id, gives all tokens new values and starts both lifetimes again.
    ///
    /// # Errors
    /// [`SignInRequired::NotSignedIn`] if no user is signed in; otherwise see [`login`](Self::login).
    #[doc(alias("role", "mfa", "step_up", "sudo"))]
    pub fn elevate(&self, level: u8) -> Result<(), SessionError> {
        if self.owner().is_none() {
            return Err(SignInRequired::NotSignedIn.into());
        }
        self.tokens().renew_all()?;
        let at = self.time();
        self.apply(Op::Elevate { level, at })
    }

    /// Signs the owner out and leaves an anonymous, empty session under a new id. The old id ends when this is saved. Values
    /// that are set afterwards, such as a flash message, are kept. Does nothing if no user is signed in.
    ///
    /// If the browser sent several session cookies, the sessions of all of them end, also those that cannot be read.
    ///
    /// # Errors
    /// [`SessionError::Destroyed`] if the session was destroyed.
    #[doc(alias = "sign_out")]
    pub fn logout(&self) -> Result<(), SessionError> {
        let Some(owner) = self.owner() else {
            let state = self.state();
            let may_be_signed_in = state.base.is_none() && !state.arrived.others.is_empty();
            drop(state);
            return if may_be_signed_in { self.apply(Op::Forget) } else { Ok(()) };
        };
        let at = self.time();
        self.apply(Op::Wipe)?;
        self.apply(Op::Logout { owner: owner.into(), at })
    }
}

/// Checks the name of an owner. A field that was left empty, or has blanks alone, must not make all who do so one owner.
pub(crate) fn check_owner(owner: &str) -> Result<(), ValueError> {
    match owner.len() {
        ..=OpenSession::MAX_OWNER_BYTES if !owner.trim().is_empty() => Ok(()),
        found => Err(ValueError::Owner { limit: OpenSession::MAX_OWNER_BYTES, found }),
    }
}
