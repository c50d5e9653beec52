use std::{
    fmt,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use super::{PostgresBuilder, programs::Programs, startup::readiness};
use crate::{ServerError, account::Account, port::Port, process::Process, program::run};

/// A private PostgreSQL server on a loopback port, with its own directory. It ends when this is dropped, and when the
/// process of the test ends in any way.
///
/// The first server of a program installs a data directory, which takes about a second. Every server starts with a copy
/// of it. The user is `postgres`, who may do everything and needs no password, and the database `session_test` is empty.
/// A test that runs as root runs the server as `nobody`.
///
/// ```no_run
/// use session_testservers::Postgres;
///
/// let server = Postgres::start()?;
/// server.sql("CREATE TABLE kept (id INT); INSERT INTO kept VALUES (7)")?;
/// server.kill()?;
/// server.restart()?;
/// assert_eq!(server.sql("SELECT id FROM kept")?, "7\n");
/// # Ok::<(), session_testservers::ServerError>(())
/// ```
#[derive(Debug)]
pub struct Postgres(Parts);

/// The process is the first field, so that it ends before its port is released.
pub(super) struct Parts {
    pub(super) process: Process,
    pub(super) port: Port,
    pub(super) account: Account,
    pub(super) programs: Programs,
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

impl Postgres {
    /// The name of the database that exists from the start.
    pub const DATABASE: &str = "session_test";
    /// The name of the user who may do everything.
    pub const USER: &str = "postgres";
    pub(super) const DATA: &str = "data";

    /// Starts a server with the default setup.
    ///
    /// # Errors
    /// When there is no PostgreSQL on this machine, or it does not start.
    pub fn start() -> Result<Self, ServerError> {
        Self::builder().start()
    }

    /// Builds a server with another setup.
    #[must_use]
    pub fn builder() -> PostgresBuilder {
        PostgresBuilder::default()
    }

    pub(super) const fn new(parts: Parts) -> Self {
        Self(parts)
    }

    pub(super) const fn parts(&self) -> &Parts {
        &self.0
    }

    /// `postgres://postgres@127.0.0.1:port/session_test`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("postgres://{}@{}/{}", Self::USER, self.address(), Self::DATABASE)
    }

    /// The address that it listens on.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.0.port.address()
    }

    /// Its Unix socket. Clients ask for its directory, [`directory`](Self::directory), and find the name by the port.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        socket_in(self.directory(), &self.0.port)
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

    /// The process id of the postmaster, or `None` while the server does not run.
    #[must_use]
    pub fn process_id(&self) -> Option<u32> {
        self.0.process.id()
    }

    /// The last lines of its log.
    #[must_use]
    pub fn log_tail(&self) -> String {
        self.0.process.log_tail()
    }

    /// Runs SQL in [`DATABASE`](Self::DATABASE) as [`USER`](Self::USER), through `psql`. Returns its output: a line for each
    /// row, values separated by tabs, no headings.
    ///
    /// # Errors
    /// When the server does not run or refuses a statement.
    pub fn sql(&self, text: &str) -> Result<String, ServerError> {
        psql(&self.0.programs, self.directory(), &self.0.port, Self::USER, Self::DATABASE, text)
    }

    /// Kills the server by SIGKILL, with the processes of all connections. Does nothing if it does not run.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn kill(&self) -> Result<(), ServerError> {
        self.0.process.kill()
    }

    /// Stops the server in order: its clients are told, and it writes a checkpoint. Does nothing if it does not run.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn stop(&self) -> Result<(), ServerError> {
        self.0.process.stop()
    }

    /// Starts the server again, on the same port and with the same data. [Stops](Self::stop) it first if it runs.
    ///
    /// # Errors
    /// When it does not start.
    pub fn restart(&self) -> Result<(), ServerError> {
        self.stop()?;
        self.start_process()
    }

    /// Stops every process of the server by SIGSTOP: the system still accepts connections for it, but it answers nothing.
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
        self.0.process.start(|| readiness(&socket, Self::USER, Self::DATABASE))
    }
}

/// The name that PostgreSQL and PgBouncer give their Unix sockets.
pub(super) fn socket_in(directory: &Path, port: &Port) -> PathBuf {
    directory.join(format!(".s.PGSQL.{}", port.number()))
}

pub(super) fn psql(
    programs: &Programs,
    directory: &Path,
    port: &Port,
    user: &str,
    database: &str,
    text: &str,
) -> Result<String, ServerError> {
    let mut client = programs.command("psql");
    client.args(["--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--field-separator=\t"]);
    client.args(["--no-password", "--set=ON_ERROR_STOP=1"]).arg(format!("--host={}", directory.display()));
    client.args([format!("--port={}", port.number()), format!("--username={user}"), database.to_owned()]);
    client.env("PGCONNECT_TIMEOUT", "5");
    run(&mut client, directory, text)
}
