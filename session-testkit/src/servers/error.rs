use std::{error::Error, fmt, io, path::Path};

use crate::{OpenError, required::is_required};

/// Why a server could not be started, asked or stopped.
#[derive(Debug)]
#[non_exhaustive]
pub enum ServerError {
    /// A program is not on this machine.
    Missing {
        /// The kind of server as `SESSION_TEST_REQUIRE` names it: `redis` or `mysql`.
        kind: &'static str,
        /// The program, or several that would do.
        program: String,
        /// What to do about it.
        install: String,
    },
    /// Something that was tried did not succeed.
    Failed {
        /// What was tried.
        tried: String,
        /// What came of it.
        source: Box<dyn Error + Send + Sync>,
        /// The last lines that the server logged, if it has a log.
        log: String,
    },
    /// The server answered, with an error.
    Refused {
        /// What it was asked.
        asked: String,
        /// Its answer.
        answer: String,
    },
}

impl ServerError {
    /// What a fixture makes of it: a program that is not there is an absence, unless `SESSION_TEST_REQUIRE` lists
    /// its kind; everything else is a failure.
    ///
    /// ```no_run
    /// use session_testkit::{OpenError, servers::{RedisServer, ServerError}};
    ///
    /// fn open() -> Result<String, OpenError> {
    ///     let server = RedisServer::start().map_err(ServerError::into_open_error)?;
    ///     Ok(server.url())
    /// }
    /// ```
    #[must_use]
    pub fn into_open_error(self) -> OpenError {
        match self {
            Self::Missing { kind, .. } if !is_required(kind) => OpenError::absent(self.to_string()),
            error => error.into(),
        }
    }

    pub(super) fn failed(tried: impl Into<String>, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Failed { tried: tried.into(), source: source.into(), log: String::new() }
    }

    /// For `map_err`.
    pub(super) fn io(tried: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        move |error| Self::failed(tried, error)
    }

    pub(super) fn with_log(self, path: &Path) -> Self {
        match self {
            Self::Failed { tried, source, .. } => Self::Failed { tried, source, log: tail(path) },
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

/// The last lines of a file; nothing of one that cannot be read.
pub(super) fn tail(path: &Path) -> String {
    const LINES: usize = 20;
    let text = std::fs::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().collect();
    lines.get(lines.len().saturating_sub(LINES)..).unwrap_or_default().join("\n")
}
