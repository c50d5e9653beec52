use std::{error::Error, fmt, io, path::Path, sync::Arc};

/// Why a server could not be started, asked or stopped.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum ServerError {
    /// A program is not on this machine.
    Missing {
        /// The kind of server as `SESSION_TEST_REQUIRE` names it: `redis`, `mysql`, `postgres` or `pgbouncer`.
        kind: &'static str,
        /// The program, or several of which one is enough.
        program: String,
        /// What to do about it.
        install: String,
    },
    /// An attempt failed.
    Failed {
        /// What was tried.
        tried: String,
        /// Why it failed.
        source: Arc<dyn Error + Send + Sync>,
        /// The last lines that the server logged; empty if it has no log.
        log: String,
    },
    /// The server answered with an error.
    Refused {
        /// The command.
        asked: String,
        /// Its answer.
        answer: String,
    },
}

impl ServerError {
    /// The reason to ignore a test that needs the server: a program is missing, and `SESSION_TEST_REQUIRE` does not
    /// list its kind. `None` for every other error, which must fail the test.
    ///
    /// ```no_run
    /// use session_testservers::RedisServer;
    ///
    /// let server = match RedisServer::start() {
    ///     Ok(server) => server,
    ///     Err(error) => match error.absence() {
    ///         Some(reason) => return eprintln!("ignored: {reason}"),
    ///         None => panic!("{error}"),
    ///     },
    /// };
    /// # drop(server);
    /// ```
    #[must_use]
    pub fn absence(&self) -> Option<String> {
        match self {
            Self::Missing { kind, .. } if !is_required(kind) => Some(self.to_string()),
            _ => None,
        }
    }

    pub(crate) fn failed(tried: impl Into<String>, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Failed { tried: tried.into(), source: source.into().into(), log: String::new() }
    }

    /// For `map_err`.
    pub(crate) fn io(tried: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        move |error| Self::failed(tried, error)
    }

    pub(crate) fn with_log(self, path: &Path) -> Self {
        match self {
            Self::Failed { tried, source, .. } => Self::Failed { tried, source, log: tail(path) },
            other => other,
        }
    }

    /// Adds that this variable can point at a server elsewhere.
    pub(crate) fn or_set(self, variable: &str) -> Self {
        match self {
            Self::Missing { kind, program, install } => {
                let install = format!("{install}, or point {variable} at a server");
                Self::Missing { kind, program, install }
            }
            other => other,
        }
    }
}

impl fmt::Display for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { kind, program, install } => {
                write!(f, "{kind} needs {program}, which is not on the PATH: {install}")
            }
            Self::Failed { tried, source, log } if log.is_empty() => write!(f, "{tried}: {source}"),
            Self::Failed { tried, source, log } => {
                write!(f, "{tried}: {source}; the server's log ends:\n{log}")
            }
            Self::Refused { asked, answer } => write!(f, "{asked}: the server answered {answer}"),
        }
    }
}

impl Error for ServerError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Failed { source, .. } => Some(&**source as &(dyn Error + 'static)),
            Self::Missing { .. } | Self::Refused { .. } => None,
        }
    }
}

/// Whether `SESSION_TEST_REQUIRE` lists this kind of server.
fn is_required(kind: &str) -> bool {
    let required = std::env::var("SESSION_TEST_REQUIRE").unwrap_or_default();
    required.split(',').any(|required| required.trim() == kind)
}

/// The last lines of a file, or nothing if it cannot be read.
pub(crate) fn tail(path: &Path) -> String {
    const LINES: usize = 20;
    let text = std::fs::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().collect();
    lines.get(lines.len().saturating_sub(LINES)..).unwrap_or_default().join("\n")
}
