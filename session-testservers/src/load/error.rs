use session_core::{SessionError, config::ConfigError};

/// The load could not start, or its result could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// No thread or runtime could be started.
    #[error("no thread for the load: {0}")]
    Thread(#[from] std::io::Error),
    /// The configuration of the load is not valid.
    #[error("the configuration of the load: {0}")]
    Config(#[from] ConfigError),
    /// A session could not be created at the start.
    #[error("a session could not be created before any fault: {0}")]
    Create(SessionError),
    /// A session could not be read at the end, for longer than a server may need to come back.
    #[error("a session could not be read in the end: {0}")]
    Read(SessionError),
}
