use std::time::Duration;

use super::OpenSession;
use crate::SessionError;

/// The reason why the user must sign in, or sign in again. It is a [`SessionError::SignInRequired`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignInRequired {
    /// The session has no owner.
    #[error("no user is signed in")]
    NotSignedIn,
    /// The last sign-in is too long ago.
    #[error("the last sign-in is too long ago")]
    Stale,
    /// The level of the last sign-in is too low.
    #[error("the level of the last sign-in is too low")]
    Level,
}

impl OpenSession {
    /// Checks that the owner signed in no longer than `max_age` ago. Use it for actions that a stolen or
    /// unattended session must not allow, such as changing the password (OWASP ASVS 5.0, 7.5.1 and 7.5.3). A
    /// [`login`](Self::login) as the same owner, or [`elevate`](Self::elevate), makes the session fresh again.
    ///
    /// ```
    /// # use session_core::{Context, SessionConfig, Timestamp, Visit, exchange, session::SignInRequired};
    /// # use std::time::Duration;
    /// # let context = Context::new(SessionConfig::default());
    /// # let session = exchange::fresh(&context, &Visit::new(), Timestamp::from_millis(0));
    /// let five_minutes = Duration::from_secs(300);
    /// assert_eq!(session.require_fresh(five_minutes), Err(SignInRequired::NotSignedIn.into()));
    /// session.login("user-42")?;
    /// assert_eq!(session.require_fresh(five_minutes), Ok(()));
    /// # Ok::<(), session_core::SessionError>(())
    /// ```
    ///
    /// # Errors
    /// [`SessionError::SignInRequired`] if no user is signed in, or the sign-in is older.
    #[doc(alias("reauthenticate", "step_up", "sudo"))]
    pub fn require_fresh(&self, max_age: Duration) -> Result<(), SessionError> {
        match self.authenticated() {
            None => Err(SignInRequired::NotSignedIn.into()),
            Some(at) if self.time().since(at) > max_age => Err(SignInRequired::Stale.into()),
            Some(_) => Ok(()),
        }
    }

    /// Checks that the last sign-in had at least this level; see [`elevate`](Self::elevate).
    ///
    /// # Errors
    /// [`SessionError::SignInRequired`] if no user is signed in, or with a lower level.
    #[doc(alias("role", "permission", "mfa"))]
    pub fn require_level(&self, level: u8) -> Result<(), SessionError> {
        let state = self.state();
        match state.live.authenticated {
            None => Err(SignInRequired::NotSignedIn.into()),
            Some(_) if state.live.level < level => Err(SignInRequired::Level.into()),
            Some(_) => Ok(()),
        }
    }
}
