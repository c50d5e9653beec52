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

/// A redis (or valkey) server of one's own, on a loopback port, in a private directory. It ends with its value, and
/// with the test's process however that ends.
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

/// The process comes first, so that it has ended before its ports are free.
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
    /// When there is no redis on this machine, or it does not start.
    pub fn start() -> Result<Self, ServerError> {
        Self::builder().start()
    }

    /// For any other server.
    #[must_use]
    pub fn builder() -> RedisBuilder {
        RedisBuilder::default()
    }

    pub(super) const fn new(parts: Parts) -> Self {
        Self(parts)
    }

    /// `redis://[:password@]127.0.0.1:port/`, with TLS `rediss://`.
    #[must_use]
    pub fn url(&self) -> String {
        let scheme = if self.0.authority.is_some() { "rediss" } else { "redis" };
        let password = self.0.password.as_deref().map(|password| format!(":{}@", percent_encoded(password)));
        format!("{scheme}://{}{}/", password.unwrap_or_default(), self.address())
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.0.port.address()
    }

    /// Its Unix socket, which takes plain connections also where the port takes TLS.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.directory().join(Self::SOCKET)
    }

    /// Its private directory, with its configuration, its log `server.log` and its data.
    #[must_use]
    pub fn directory(&self) -> &Path {
        self.0.process.directory()
    }

    /// With TLS, the PEM file of the authority that a client has to trust.
    #[must_use]
    pub fn authority(&self) -> Option<&Path> {
        self.0.authority.as_deref()
    }

    /// The process, while it runs.
    #[must_use]
    pub fn process_id(&self) -> Option<u32> {
        self.0.process.id()
    }

    /// The last lines of its log.
    #[must_use]
    pub fn log_tail(&self) -> String {
        self.0.process.log_tail()
    }

    /// Asks it one command, through the Unix socket, with its password.
    ///
    /// # Errors
    /// When it does not run or does not answer within ten seconds, or answers with an error
    /// ([`ServerError::Refused`]).
    pub fn command(&self, command: &[&str]) -> Result<Reply, ServerError> {
        client::ask(&self.socket(), self.0.password.as_deref(), command)
    }

    /// Ends it by SIGKILL. One that does not run stays so.
    ///
    /// # Errors
    /// When the system does not let it.
    pub fn kill(&self) -> Result<(), ServerError> {
        self.0.process.kill()
    }

    /// Starts it again, on the same port and over the same directory: with what it has kept on disk, which is nothing
    /// unless it was configured to (`appendonly yes`). One that runs is first asked to end by SIGTERM.
    ///
    /// # Errors
    /// When it does not start.
    pub fn restart(&self) -> Result<(), ServerError> {
        self.0.process.stop()?;
        self.start_process()
    }

    /// Stops it by SIGSTOP: it accepts connections, as far as the system does that for it, and answers nothing.
    ///
    /// # Errors
    /// When it does not run.
    pub fn freeze(&self) -> Result<(), ServerError> {
        self.0.process.signal("STOP")
    }

    /// Lets a frozen server go on, by SIGCONT.
    ///
    /// # Errors
    /// When it does not run.
    pub fn thaw(&self) -> Result<(), ServerError> {
        self.0.process.signal("CONT")
    }

    pub(super) fn start_process(&self) -> Result<(), ServerError> {
        self.0.process.start(|| match self.command(&["PING"]) {
            Ok(_) => Readiness::Ready,
            // While it loads its data it answers that it does.
            Err(error) => Readiness::NotYet(error.to_string()),
        })
    }
}
