use std::fmt;

use session_net::{Credentials, tls::Tls};

use crate::{BuildError, LimitSettings, ServerAddress};

/// What the URL of a server says.
#[derive(Debug)]
pub struct UrlSettings {
    /// Where the server is.
    pub server: ServerAddress,
    /// The user and the password.
    pub login: Login,
    /// The table.
    pub table: Option<String>,
    /// How to encrypt.
    pub tls: Option<Tls>,
    /// How long to wait, and how many connections there are.
    pub limits: LimitSettings,
}

/// The user of a connection, as a URL names it.
pub struct Login {
    /// The user.
    pub user: Option<String>,
    /// The password.
    pub password: Option<String>,
    /// The file with the user.
    pub user_file: Option<String>,
    /// The file with the password.
    pub password_file: Option<String>,
}

impl Login {
    /// Returns the credentials. Checks that it can only mean one thing, and that its files can be read. A user without a password is one for the
    /// server, which may know the user by the socket or the certificate.
    ///
    /// # Errors
    /// [`BuildError`] if it can mean more than one thing, or a file cannot be read.
    pub fn credentials(self) -> Result<Credentials, BuildError> {
        let Self { user, password, user_file, password_file } = self;
        let credentials = match (user, user_file, password, password_file) {
            (Some(_), Some(_), ..) => {
                return Err(BuildError::url("there is both a user and a file with the user"));
            }
            (.., Some(_), Some(_)) => {
                return Err(BuildError::url("there is both a password and a file with it"));
            }
            (user, None, None, Some(password)) => Credentials::password_file(user, password),
            (None, Some(user), None, Some(password)) => Credentials::files(user, password),
            (_, Some(_), _, None) => {
                return Err(BuildError::url("a file with the user needs `password-file`"));
            }
            (user, _, password, _) => Credentials::fixed(user, password),
        };
        credentials.check_files().map_err(|error| BuildError::Credentials { reason: error.to_string() })?;
        Ok(credentials)
    }
}

impl fmt::Debug for Login {
    /// Without the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login").finish_non_exhaustive()
    }
}
