use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use super::{
    Postgres,
    programs::Programs,
    server::{psql, socket_in},
    startup::readiness,
};
use crate::{
    ServerError, account::Account, port::Port, process::Process, program::Program, watchdog::Watchdog,
};

/// PgBouncer in front of a [`Postgres`], in transaction mode: each transaction of a client can run on another connection.
///
/// Every user of the server may come in without a password. It does not start the server and does not end it.
///
/// ```no_run
/// use session_testservers::{PgBouncer, Postgres};
///
/// let server = Postgres::start()?;
/// let bouncer = PgBouncer::start(&server, &["default_pool_size=2"])?;
/// assert_eq!(bouncer.sql("SELECT 1")?, "1\n");
/// # Ok::<(), session_testservers::ServerError>(())
/// ```
#[derive(Debug)]
pub struct PgBouncer {
    process: Process,
    port: Port,
    programs: Programs,
}

impl PgBouncer {
    const PROGRAM: Program = Program { kind: "pgbouncer", names: &["pgbouncer"], package: "pgbouncer" };
    /// The user and the database of its console.
    const CONSOLE: &str = "pgbouncer";

    /// Starts it in front of a server, with these lines in its `pgbouncer.ini`, which can override the others.
    ///
    /// # Errors
    /// When there is no PgBouncer on this machine, or it does not start with this configuration.
    pub fn start(server: &Postgres, lines: &[&str]) -> Result<Self, ServerError> {
        let program = Self::PROGRAM.find()?;
        let programs = Programs::find()?;
        let watchdog = Watchdog::start()?;
        let directory = watchdog.directory();
        let account = Account::of(directory)?;
        let port = Port::reserve().map_err(ServerError::io("reserving a port"))?;
        let (settings, users) = (directory.join("pgbouncer.ini"), directory.join("users.txt"));
        let text = Self::settings(directory, &users, port.number(), server) + &lines.join("\n") + "\n";
        fs::write(&settings, text).map_err(ServerError::io("writing pgbouncer.ini"))?;
        let names = [Self::CONSOLE, Postgres::USER].map(|name| format!("\"{name}\" \"\"\n")).concat();
        fs::write(&users, names).map_err(ServerError::io("writing users.txt"))?;
        let process = Process::new(program, vec![settings.into()], watchdog).run_as(account);
        let bouncer = Self { process, port, programs };
        bouncer.start_process()?;
        Ok(bouncer)
    }

    fn settings(directory: &Path, users: &Path, port: u16, server: &Postgres) -> String {
        let (directory, users) = (directory.display(), users.display());
        let (host, server_port) = (server.address().ip(), server.address().port());
        // It asks the server, as this user, for users that are not in the file.
        let user = Postgres::USER;
        format!(
            "[databases]\n* = host={host} port={server_port} auth_user={user}\n[pgbouncer]\nlisten_addr=127.0.0.1\n\
             listen_port={port}\nunix_socket_dir={directory}\nauth_type=trust\nauth_file={users}\n\
             admin_users={}\npool_mode=transaction\nmax_client_conn=1000\n",
            Self::CONSOLE
        )
    }

    /// `postgres://postgres@127.0.0.1:port/session_test`, where the port is that of PgBouncer.
    #[must_use]
    pub fn url(&self) -> String {
        format!("postgres://{}@{}/{}", Postgres::USER, self.address(), Postgres::DATABASE)
    }

    /// The address that it listens on.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.port.address()
    }

    /// Its private directory, with its configuration, its Unix socket and its log `server.log`.
    #[must_use]
    pub fn directory(&self) -> &Path {
        self.process.directory()
    }

    /// Its Unix socket.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        socket_in(self.directory(), &self.port)
    }

    /// The process id, or `None` while it does not run.
    #[must_use]
    pub fn process_id(&self) -> Option<u32> {
        self.process.id()
    }

    /// The last lines of its log.
    #[must_use]
    pub fn log_tail(&self) -> String {
        self.process.log_tail()
    }

    /// Runs SQL on the server, like [`Postgres::sql`].
    ///
    /// # Errors
    /// When one of the two does not run, or the server refuses a statement.
    pub fn sql(&self, text: &str) -> Result<String, ServerError> {
        psql(&self.programs, self.directory(), &self.port, Postgres::USER, Postgres::DATABASE, text)
    }

    /// Gives a command to its console, such as `SHOW POOLS` or `PAUSE`. Returns its output, like [`Postgres::sql`].
    ///
    /// # Errors
    /// When it does not run or refuses the command.
    pub fn console(&self, command: &str) -> Result<String, ServerError> {
        psql(&self.programs, self.directory(), &self.port, Self::CONSOLE, Self::CONSOLE, command)
    }

    /// Kills it by SIGKILL. Does nothing if it does not run.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn kill(&self) -> Result<(), ServerError> {
        self.process.kill()
    }

    /// Starts it again, on the same port. Stops it first by SIGTERM if it runs, which cuts all connections.
    ///
    /// # Errors
    /// When it does not start.
    pub fn restart(&self) -> Result<(), ServerError> {
        self.process.stop()?;
        self.start_process()
    }

    /// Stops it by SIGSTOP: the system still accepts connections for it, but it answers nothing.
    ///
    /// # Errors
    /// When it does not run.
    pub fn freeze(&self) -> Result<(), ServerError> {
        self.process.signal("STOP")
    }

    /// Continues it by SIGCONT.
    ///
    /// # Errors
    /// When it does not run.
    pub fn thaw(&self) -> Result<(), ServerError> {
        self.process.signal("CONT")
    }

    fn start_process(&self) -> Result<(), ServerError> {
        let socket = self.socket();
        self.process.start(|| readiness(&socket, Self::CONSOLE, Self::CONSOLE))
    }
}
