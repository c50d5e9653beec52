use std::{
    fmt,
    io::Read as _,
    net::SocketAddr,
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    process::Command,
};

use super::MariaDbBuilder;
use crate::{
    ServerError,
    limits::SERVER_ANSWERED,
    port::Port,
    process::{Process, Readiness},
    program,
};

/// A private MariaDB server on a loopback port, with its own directory; or a MySQL server, where the environment
/// variable `SESSION_TEST_MYSQL_SERVER` names one. It ends when this is dropped, and when the process of the test ends
/// in any way.
///
/// The first server of a program installs a data directory, which takes half a second (MySQL: two). Every server starts with a copy of
/// it. The user is `root` without a password, and the database `session_test` is empty.
///
/// ```no_run
/// use session_testservers::MariaDb;
///
/// let server = MariaDb::start()?;
/// server.sql("CREATE TABLE kept (id INT); INSERT INTO kept VALUES (7)")?;
/// server.kill()?;
/// server.restart()?;
/// assert_eq!(server.sql("SELECT id FROM kept")?, "7\n");
/// # Ok::<(), session_testservers::ServerError>(())
/// ```
#[derive(Debug)]
pub struct MariaDb(Parts);

/// The process is the first field, so that it ends before its port is released.
pub(super) struct Parts {
    pub(super) process: Process,
    pub(super) port: Port,
    // The ports to other servers of a group.
    pub(super) _group: Vec<Port>,
    pub(super) client: PathBuf,
    pub(super) authority: Option<PathBuf>,
}

impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parts")
            .field("process", &self.process)
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}

impl MariaDb {
    /// The name of the database that exists from the start.
    pub const DATABASE: &str = "session_test";
    pub(super) const SOCKET: &str = "mariadb.sock";
    pub(super) const DATA: &str = "data";

    /// Starts a server with the default setup.
    ///
    /// # Errors
    /// When there is no MariaDB on this machine, or it does not start.
    pub fn start() -> Result<Self, ServerError> {
        Self::builder().start()
    }

    /// Builds a server with another setup.
    #[must_use]
    pub fn builder() -> MariaDbBuilder {
        MariaDbBuilder::default()
    }

    pub(super) const fn new(parts: Parts) -> Self {
        Self(parts)
    }

    /// `mysql://root@127.0.0.1:port/session_test`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("mysql://root@{}/{}", self.address(), Self::DATABASE)
    }

    /// The address that it listens on.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.0.port.address()
    }

    /// Its Unix socket.
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

    /// Runs SQL in [`DATABASE`](Self::DATABASE) as `root`, through the `mariadb` client. Returns its output: a line for
    /// each row, values separated by tabs, no headings.
    ///
    /// # Errors
    /// When the server does not run or refuses a statement.
    pub fn sql(&self, text: &str) -> Result<String, ServerError> {
        let mut client = Command::new(&self.0.client);
        client.arg("--no-defaults").arg(format!("--socket={}", self.socket().display()));
        client.args(["--user=root", "--batch", "--skip-column-names", "--connect-timeout=5", Self::DATABASE]);
        program::run(&mut client, self.directory(), text)
    }

    /// Kills the server by SIGKILL. Does nothing if it does not run.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn kill(&self) -> Result<(), ServerError> {
        self.0.process.kill()
    }

    /// Starts the server again, on the same port and with the same data. Stops it first by SIGTERM if it runs.
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
        let socket = self.socket();
        self.0.process.start(|| match greeting(&socket) {
            Ok(Some(PROTOCOL)) => Readiness::Ready,
            Ok(other) => Readiness::NotYet(format!("instead of a greeting it sends {other:?}")),
            Err(error) => Readiness::NotYet(error.to_string()),
        })
    }
}

/// The first byte of a greeting, after the packet header.
const PROTOCOL: u8 = 10;

fn greeting(socket: &Path) -> std::io::Result<Option<u8>> {
    let mut stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(SERVER_ANSWERED))?;
    let mut start = [0; 5];
    stream.read_exact(&mut start)?;
    Ok(start.last().copied())
}
