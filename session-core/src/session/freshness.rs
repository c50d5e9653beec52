use std::time::Duration;

use super::Session;

/// Why a session does not suffice for what is asked of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignInRequired {
    /// Nobody is signed in.
    #[error("nobody is signed in")]
    NotSignedIn,
    /// The last sign-in is too long ago.
    #[error("the last sign-in is too long ago")]
    Stale,
    /// The last sign-in was of a lower level.
    #[error("the last sign-in was of a lower level")]
    Level,
}

impl Session {
    /// Demands that the owner proved who they are no longer than `max_age` before this request: for what a stolen or
    /// unattended session must not do, such as changing the password (OWASP ASVS 5.0, 7.5.1 and 7.5.3). A
    /// [`login`](Self::login) as the same owner, or [`elevate`](Self::elevate), makes it fresh again.
    ///
    /// ```
    /// # use session_core::{Context, SessionConfig, Timestamp, Visit, exchange, session::SignInRequired};
    /// # use std::time::Duration;
    /// # let context = Context::new(SessionConfig::default());
    /// # let session = exchange::fresh(&context, &Visit::new(), Timestamp::from_millis(0));
    /// let five_minutes = Duration::from_secs(300);
    /// assert_eq!(session.require_fresh(five_minutes), Err(SignInRequired::NotSignedIn));
    /// session.login("user-42")?;
    /// assert_eq!(session.require_fresh(five_minutes), Ok(()));
    /// # Ok::<(), session_core::ValueError>(())
    /// ```
    ///
    /// # Errors
    /// [`SignInRequired`] says what is missing.
    pub fn require_fresh(&self, max_age: Duration) -> Result<(), SignInRequired> {
        let state = self.state();
        match state.live.authenticated {
            None => Err(SignInRequired::NotSignedIn),
            Some(at) if state.opened.since(at) > max_age => Err(SignInRequired::Stale),
            Some(_) => Ok(()),
        }
    }

    /// Demands that the last sign-in was of this level or a higher one; see [`elevate`](Self::elevate).
    ///
    /// # Errors
    /// [`SignInRequired`] says what is missing.
    pub fn require_level(&self, level: u8) -> Result<(), SignInRequired> {
        let state = self.state();
        match state.live.authenticated {
            None => Err(SignInRequired::NotSignedIn),
            Some(_) if state.live.level < level => Err(SignInRequired::Level),
            Some(_) => Ok(()),
        }
    }
}
