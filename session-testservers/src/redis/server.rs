use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use super::{RedisBuilder, Reply, client};
use crate::{
    ServerError,
    port::Port,
    process::{Process, Readiness},
    url::percent_encoded,
};

/// A private Redis or Valkey server on a loopback port, with its own directory. It ends when this is dropped, and when
/// the process of the test ends in any way.
///
/// ```no_run
/// use session_testservers::RedisServer;
///
/// let server = RedisServer::start()?;
/// server.command(&["SET", "key", "value"])?;
/// assert_eq!(server.command(&["GET", "key"])?.text(), "value");
/// server.kill()?;
/// assert!(server.command(&["PING"]).is_err());
/// server.restart()?;
/// assert_eq!(server.command(&["GET", "key"])?.text(), "", "it keeps nothing on disk unless told to");
/// # Ok::<(), session_testservers::ServerError>(())
/// ```
#[derive(Debug)]
pub struct RedisServer(Parts);

/// The process is the first field, so that it ends before its ports are released.
pub(super) struct Parts {
    pub(super) process: Process,
    pub(super) port: Port,
    pub(super) bus: Option<Port>,
    pub(super) password: Option<String>,
    pub(super) authority: Option<PathBuf>,
}

impl std::fmt::Debug for Parts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut parts = f.debug_struct("Parts");
        parts
            .field("process", &self.process)
            .field("port", &self.port)
            .field("bus", &self.bus)
            .finish_non_exhaustive()
    }
}

impl RedisServer {
    pub(super) const SOCKET: &str = "redis.sock";

    /// Starts a plain server: no password, no TLS, nothing on disk.
    ///
    /// # Errors
    /// When there is no Redis on this machine, or it does not start.
    pub fn start() -> Result<Self, ServerError> {
        Self::builder().start()
    }

    /// Builds a server with another setup.
    #[must_use]
    pub fn builder() -> RedisBuilder {
        RedisBuilder::default()
    }

    pub(super) const fn new(parts: Parts) -> Self {
        Self(parts)
    }

    /// `redis://[:password@]127.0.0.1:port/`, or `rediss://` with TLS.
    #[must_use]
    pub fn url(&self) -> String {
        let scheme = if self.0.authority.is_some() { "rediss" } else { "redis" };
        let password = self.0.password.as_deref().map(|password| format!(":{}@", percent_encoded(password)));
        format!("{scheme}://{}{}/", password.unwrap_or_default(), self.address())
    }

    /// The address that it listens on.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.0.port.address()
    }

    /// Its Unix socket, which accepts plain connections even if the port requires TLS.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.directory().join(Self::SOCKET)
    }

    /// Its private directory, with its configuration, its log `server.log` and its data.
    #[must_use]
    pub fn directory(&self) -> &Path {
        self.0.process.directory()
    }

    /// The PEM file of the authority that a client must trust, or `None` without TLS.
    #[must_use]
    pub fn authority(&self) -> Option<&Path> {
        self.0.authority.as_deref()
    }

    /// The process id, or `None` while the server does not run.
    #[must_use]
    pub fn process_id(&self) -> Option<u32> {
        self.0.process.id()
    }

    /// The last lines of its log.
    #[must_use]
    pub fn log_tail(&self) -> String {
        self.0.process.log_tail()
    }

    /// Sends a command through the Unix socket, with the password, and returns the reply.
    ///
    /// # Errors
    /// When the server does not run or does not answer within ten seconds, or when it answers with an error
    /// ([`ServerError::Refused`]).
    pub fn command(&self, command: &[&str]) -> Result<Reply, ServerError> {
        client::ask(&self.socket(), self.0.password.as_deref(), command)
    }

    /// Kills the server by SIGKILL. Does nothing if it does not run.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn kill(&self) -> Result<(), ServerError> {
        self.0.process.kill()
    }

    /// Starts the server again, on the same port and with the same directory. Its data survives only if it was configured to
    /// keep it on disk (`appendonly yes`). Stops the server first by SIGTERM if it runs.
    ///
    /// # Errors
    /// When it does not start.
    pub fn restart(&self) -> Result<(), ServerError> {
        self.0.process.stop()?;
        self.start_process()
    }

    /// Stops the server by SIGSTOP: the system still accepts connections for it, but it answers nothing.
    ///
    /// # Errors
    /// When it does not run.
    pub fn freeze(&self) -> Result<(), ServerError> {
        self.0.process.signal("STOP")
    }

    /// Continues a frozen server by SIGCONT.
    ///
    /// # Errors
    /// When it does not run.
    pub fn thaw(&self) -> Result<(), ServerError> {
        self.0.process.signal("CONT")
    }

    pub(super) fn start_process(&self) -> Result<(), ServerError> {
        self.0.process.start(|| match self.command(&["PING"]) {
            Ok(_) => Readiness::Ready,
            // A server that is loading its data answers with an error.
            Err(error) => Readiness::NotYet(error.to_string()),
        })
    }
}
