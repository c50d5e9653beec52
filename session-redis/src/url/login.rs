use std::{fmt, path::PathBuf};

use session_net::{Credentials, Parameters};

use super::invalid;
use crate::BuildError;

/// The user of a connection, as a URL names it. `Debug` never shows the password.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Login {
    pub(crate) user: Option<String>,
    pub(crate) password: Option<String>,
    pub(crate) user_file: Option<PathBuf>,
    pub(crate) password_file: Option<PathBuf>,
}

impl Login {
    /// Takes the files, whose parameters begin so.
    pub(super) fn take_files(&mut self, prefix: &str, parameters: &mut Parameters) -> Result<(), BuildError> {
        self.user_file = parameters.text(&format!("{prefix}user_file"))?.map(PathBuf::from);
        self.password_file = parameters.text(&format!("{prefix}password_file"))?.map(PathBuf::from);
        Ok(())
    }

    /// Checks that it can only mean one thing, and that its files can be read.
    pub(crate) fn credentials(self) -> Result<Credentials, BuildError> {
        let Self { user, password, user_file, password_file } = self;
        let credentials = match (user, user_file, password, password_file) {
            (Some(_), Some(_), ..) => return Err(invalid("there is both a user and a file with the user")),
            (.., Some(_), Some(_)) => return Err(invalid("there is both a password and a file with it")),
            (user, None, None, Some(password)) => Credentials::password_file(user, password),
            (None, Some(user), None, Some(password)) => Credentials::files(user, password),
            (_, Some(_), _, None) => return Err(invalid("a file with the user needs `password_file`")),
            // Redis would take the connection for that of another user, `default`.
            (Some(_), None, None, None) => {
                return Err(invalid(
                    "there is a user without a password; if the user has none, write a colon after it: `user:@host`",
                ));
            }
            (user, _, password, _) => Credentials::fixed(user, password),
        };
        credentials.check_files().map_err(|error| BuildError::Credentials { reason: error.to_string() })?;
        Ok(credentials)
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login").field("user", &self.user).finish_non_exhaustive()
    }
}
