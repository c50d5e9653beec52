use std::fmt;

use crate::{Credentials, CredentialsError, ParameterError, Parameters};

/// The user of a connection, as a URL names it. `Debug` never shows the password.
///
/// ```
/// use session_net::UrlLogin;
///
/// let login = UrlLogin { user: Some("shop".to_owned()), password: Some("secret".to_owned()), ..UrlLogin::default() };
/// assert_eq!(login.credentials()?.login()?.password(), Some("secret"));
/// # Ok::<(), session_net::CredentialsError>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "these are all parts that can be in a URL")]
pub struct UrlLogin {
    /// The user.
    pub user: Option<String>,
    /// The password.
    pub password: Option<String>,
    /// The path of a file with the user.
    pub user_file: Option<String>,
    /// The path of a file with the password.
    pub password_file: Option<String>,
}

impl UrlLogin {
    /// Takes the files from the parameters `user_file` and `password_file`, with this before their names.
    ///
    /// # Errors
    /// [`ParameterError`] if one is there twice, or has no value.
    pub fn take_files(&mut self, prefix: &str, parameters: &mut Parameters) -> Result<(), ParameterError> {
        self.user_file = parameters.text(&format!("{prefix}user_file"))?;
        self.password_file = parameters.text(&format!("{prefix}password_file"))?;
        Ok(())
    }

    /// Returns the credentials. A user without a password is one for the server, which may know the user by the socket or
    /// the certificate.
    ///
    /// # Errors
    /// [`CredentialsError`] if it can mean more than one thing, or a file cannot be read.
    pub fn credentials(self) -> Result<Credentials, CredentialsError> {
        let contradiction = |reason| Err(CredentialsError::Contradiction { reason });
        let Self { user, password, user_file, password_file } = self;
        let credentials = match (user, user_file, password, password_file) {
            (Some(_), Some(_), ..) => return contradiction("there is both a user and a file with the user"),
            (.., Some(_), Some(_)) => return contradiction("there is both a password and a file with it"),
            (user, None, None, Some(password)) => Credentials::password_file(user, password),
            (None, Some(user), None, Some(password)) => Credentials::files(user, password),
            (_, Some(_), _, None) => return contradiction("a file with the user needs `password_file`"),
            (user, _, password, _) => Credentials::fixed(user, password),
        };
        credentials.check_files()?;
        Ok(credentials)
    }
}

impl fmt::Debug for UrlLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UrlLogin").field("user", &self.user).finish_non_exhaustive()
    }
}
