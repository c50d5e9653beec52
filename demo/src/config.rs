use std::num::NonZeroU32;

use alo_session::{SessionConfig, config::ConfigError};

/// The number of sessions that one name may have.
pub(crate) const CAP: u32 = 5;

/// How many seconds a sign-in is fresh enough to end all sessions.
pub(crate) const FRESH: u64 = 120;

/// Returns the settings of the site's sessions; `secure` is for use behind HTTPS.
///
/// # Errors
/// None: these settings are valid. Checking them returns a `Result` all the same.
pub fn config(secure: bool) -> Result<SessionConfig, ConfigError> {
    SessionConfig::with(|settings| {
        settings.cookie.secure = secure;
        settings.max_sessions = NonZeroU32::new(CAP);
    })
}
