use std::{
    error::Error,
    fmt,
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::bounds::MAX_FILE;

/// Where user and password come from. They are asked for at each new connection, so what changes while the program runs is
/// used from the next connection on. `Debug` shows neither.
///
/// ```
/// use session_net::Credentials;
///
/// let asked = Credentials::ask(|| Ok((Some("shop".to_owned()), Some("a token of this quarter of an hour".to_owned()))));
/// assert_eq!(asked.login().unwrap().user(), Some("shop"));
/// ```
#[derive(Clone)]
pub struct Credentials(Source);

/// What [`Credentials::ask`] takes.
type Ask = dyn Fn() -> Result<(Option<String>, Option<String>), Box<dyn Error + Send + Sync>> + Send + Sync;

#[derive(Clone)]
enum Source {
    Fixed(Login),
    Ask(Arc<Ask>),
    Files { user: Part, password: PathBuf },
}

#[derive(Clone)]
enum Part {
    Text(Option<String>),
    File(PathBuf),
}

/// A user and a password. `Debug` shows neither.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Login {
    user: Option<String>,
    password: Option<String>,
}

/// There are no credentials for a new connection.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum CredentialsError {
    /// The application's function failed.
    #[error("the function that gives the credentials failed: {source}")]
    Function {
        /// Why.
        source: Arc<dyn Error + Send + Sync>,
    },
    /// A URL names what can mean more than one thing.
    #[error("{reason}")]
    Contradiction {
        /// What is wrong.
        reason: &'static str,
    },
    /// A file cannot be used.
    #[error("the file of credentials {} cannot be used: {reason}", path.display())]
    File {
        /// Its path.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

impl Credentials {
    /// The same for every connection; `None` for a server that asks for none.
    #[must_use]
    pub const fn fixed(user: Option<String>, password: Option<String>) -> Self {
        Self(Source::Fixed(Login { user, password }))
    }

    /// What this function returns at each new connection: user and password. It runs where blocking is allowed, and must
    /// have a time limit of its own.
    #[must_use]
    pub fn ask(
        function: impl Fn() -> Result<(Option<String>, Option<String>), Box<dyn Error + Send + Sync>>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        Self(Source::Ask(Arc::new(function)))
    }

    /// The password that stands in a file, which is read at each new connection, as Kubernetes and Vault write them. A line
    /// end after it is left out.
    #[must_use]
    pub fn password_file(user: Option<String>, password: impl Into<PathBuf>) -> Self {
        Self(Source::Files { user: Part::Text(user), password: password.into() })
    }

    /// User and password, each in a file, which are read at each new connection. A line end after it is left out.
    #[must_use]
    pub fn files(user: impl Into<PathBuf>, password: impl Into<PathBuf>) -> Self {
        Self(Source::Files { user: Part::File(user.into()), password: password.into() })
    }

    /// The credentials if they never change.
    #[must_use]
    pub const fn as_fixed(&self) -> Option<&Login> {
        match &self.0 {
            Source::Fixed(login) => Some(login),
            _ => None,
        }
    }

    /// Reads the files if the credentials come from such; a function is not asked.
    ///
    /// # Errors
    /// [`CredentialsError`] if a file cannot be used.
    pub fn check_files(&self) -> Result<(), CredentialsError> {
        match &self.0 {
            Source::Files { .. } => self.login().map(drop),
            _ => Ok(()),
        }
    }

    /// Returns the credentials for a new connection. It may block.
    ///
    /// # Errors
    /// [`CredentialsError`]
    pub fn login(&self) -> Result<Login, CredentialsError> {
        let (user, password) = match &self.0 {
            Source::Fixed(login) => return Ok(login.clone()),
            Source::Ask(function) => {
                function().map_err(|source| CredentialsError::Function { source: source.into() })?
            }
            Source::Files { user, password } => {
                let user = match user {
                    Part::Text(user) => user.clone(),
                    Part::File(path) => Some(read(path)?),
                };
                (user, Some(read(password)?))
            }
        };
        Ok(Login { user, password })
    }

    /// Returns the credentials for a new connection. What may block does so in another thread.
    ///
    /// # Errors
    /// [`CredentialsError`]
    #[cfg(feature = "tokio")]
    pub async fn login_beside(&self) -> Result<Login, CredentialsError> {
        if let Some(login) = self.as_fixed() {
            return Ok(login.clone());
        }
        let credentials = self.clone();
        let asked = tokio::task::spawn_blocking(move || credentials.login()).await;
        asked.unwrap_or_else(|panicked| Err(CredentialsError::Function { source: Arc::new(panicked) }))
    }
}

impl Login {
    /// The user, or `None` for the server's default.
    #[must_use]
    pub fn user(&self) -> Option<&str> {
        self.user.as_deref()
    }

    /// The password, or `None` if there is none.
    #[must_use]
    pub fn password(&self) -> Option<&str> {
        self.password.as_deref()
    }
}

fn read(path: &Path) -> Result<String, CredentialsError> {
    let fail = |reason: String| CredentialsError::File { path: path.to_owned(), reason };
    let mut text = String::new();
    let file = File::open(path).map_err(|error| fail(error.to_string()))?;
    file.take(MAX_FILE).read_to_string(&mut text).map_err(|error| fail(error.to_string()))?;
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    if text.is_empty() {
        return Err(fail("it is empty".to_owned()));
    }
    Ok(text.to_owned())
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source = match &self.0 {
            Source::Fixed(_) => "fixed",
            Source::Ask(_) => "a function",
            Source::Files { .. } => "files",
        };
        f.debug_tuple("Credentials").field(&source).finish()
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn files_are_read_again_for_each_connection() {
        let directory = std::env::temp_dir().join(format!("session-net-credentials-{}", std::process::id()));
        fs::create_dir_all(&directory).unwrap();
        let (user, password) = (directory.join("user"), directory.join("password"));
        let credentials = Credentials::files(&user, &password);
        let missing = credentials.login().unwrap_err().to_string();
        assert!(missing.contains(&user.display().to_string()), "{missing}");
        for (name, secret) in [("ann", "first\n"), ("bob", "second\r\n"), ("bob", "third")] {
            fs::write(&user, name).unwrap();
            fs::write(&password, secret).unwrap();
            let login = credentials.login().unwrap();
            assert_eq!((login.user(), login.password()), (Some(name), Some(secret.trim_end())));
        }
        fs::write(&password, "\n").unwrap();
        assert!(credentials.login().unwrap_err().to_string().contains("empty"));
        fs::remove_dir_all(&directory).unwrap();
    }

    #[test]
    fn a_function_is_asked_each_time_and_its_failure_is_told() {
        let asked = std::sync::atomic::AtomicU32::new(0);
        let credentials =
            Credentials::ask(move || match asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed) {
                2 => Err("the vault is sealed".into()),
                number => Ok((None, Some(format!("token {number}")))),
            });
        assert_eq!(credentials.login().unwrap().password(), Some("token 0"));
        assert_eq!(credentials.login().unwrap().password(), Some("token 1"));
        assert!(credentials.login().unwrap_err().to_string().contains("the vault is sealed"));
    }

    #[test]
    fn debug_shows_neither_user_nor_password() {
        let fixed = Credentials::fixed(Some("geheim".to_owned()), Some("geheim".to_owned()));
        let text = format!("{fixed:?} {:?}", fixed.login());
        assert!(!text.contains("geheim"), "{text}");
    }

    #[cfg(feature = "tokio")]
    #[tokio::test]
    async fn a_function_may_block_and_even_panic() {
        assert!(Credentials::ask(|| Ok((None, None))).login_beside().await.is_ok());
        assert!(Credentials::ask(|| panic!("no vault")).login_beside().await.is_err());
    }
}
