use std::{fmt, path::PathBuf};

use super::Topology;

/// What a URL says: which servers, how to reach them, and as which user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoint {
    pub(crate) topology: Topology,
    pub(crate) login: Login,
    /// Sentinels have users of their own.
    pub(crate) sentinel_login: Login,
    pub(crate) database: u32,
    pub(crate) tls: bool,
    /// The file of the authorities to trust.
    pub(crate) ca: Option<PathBuf>,
}

/// The user of a connection. `Debug` never shows the password.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Login {
    pub(crate) user: Option<String>,
    pub(crate) password: Option<String>,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login").field("user", &self.user).finish_non_exhaustive()
    }
}
