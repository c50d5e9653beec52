use session_core::{SessionError, config::ConfigError};

/// The load could not begin, or nobody could see in the end what came of it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// There is no thread, or no runtime.
    #[error("no thread for the load: {0}")]
    Thread(#[from] std::io::Error),
    /// A configuration of the load is not valid.
    #[error("the configuration of the load: {0}")]
    Config(#[from] ConfigError),
    /// A session could not be created before anything was done to the server.
    #[error("a session could not be created before any fault: {0}")]
    Create(SessionError),
    /// A session could not be read after everything was done, for longer than a server may need to come back.
    #[error("a session could not be read in the end: {0}")]
    Read(SessionError),
}
