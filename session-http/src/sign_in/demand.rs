use std::{fmt, time::Duration};

use session_core::{OpenSession, SessionError};

use crate::{FailureCause, SessionFailure};

/// What a guard demands of a session, in any framework: that an owner is signed in, and more.
#[derive(Clone, Copy, Default)]
#[expect(clippy::exhaustive_structs, reason = "the guards of frameworks set what they are told")]
pub struct Demand {
    /// The least level of the sign-in.
    pub level: u8,
    /// How long ago the last sign-in may be. Default: any time.
    pub fresh: Option<Duration>,
    /// What the application demands besides, such as a role.
    pub only: Option<Allows>,
}

type Allows = fn(&OpenSession) -> Result<bool, SessionError>;

impl Demand {
    /// Demands that an owner is signed in.
    #[must_use]
    pub const fn new() -> Self {
        Self { level: 0, fresh: None, only: None }
    }

    /// Checks the session.
    ///
    /// # Errors
    /// [`SessionFailure`] if the session does not have what is demanded, or cannot be read.
    pub fn check(&self, session: &OpenSession) -> Result<(), SessionFailure> {
        session.require_level(self.level)?;
        if let Some(max_age) = self.fresh {
            session.require_fresh(max_age)?;
        }
        match self.only {
            Some(allows) if !allows(session)? => Err(FailureCause::Forbidden.into()),
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for Demand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Demand")
            .field("level", &self.level)
            .field("fresh", &self.fresh)
            .field("only", &self.only.is_some())
            .finish()
    }
}
