use std::{net::SocketAddr, path::Path};

use session_sql::{Dialect as _, Table, maintenance::Maintained, nonblocking::Asynchronous};
use session_testservers::{MariaDb, Postgres, ServerError, Target};

use crate::statements::Count;

/// A database, its servers for tests, and what only it knows how to say.
pub trait Database: 'static {
    /// What its statements and errors are.
    type Dialect: Asynchronous + Maintained;
    /// A server of its own for each test.
    type Server: Server + 'static;

    /// The name of the store in reports.
    const NAME: &str;

    /// Selects a number for each connection over TCP, in order.
    const CONNECTIONS: &str;

    /// Returns as its last word how many statements wait for a lock now.
    const WAITING: &str;

    /// The lines of configuration without which a server cannot [count](Self::count).
    const COUNTING: &[&str];

    /// What an administrator says so that others cannot read the table, and that they can again.
    const LOCK: [&str; 2];

    /// Where a table without a prefix is.
    const SCHEMA: &str;

    /// What an administrator says so that many stores can connect at once.
    const MAKE_ROOM: &str;

    /// The server that all cases share.
    ///
    /// # Errors
    /// [`ServerError`] if it cannot be started.
    fn target() -> Result<&'static Target<Self::Server>, ServerError>;

    /// What the server has executed so far.
    fn count(server: &Self::Server) -> Count;

    /// Connects as an administrator. The closure carries out one statement after the other.
    fn session(url: &str) -> Box<dyn FnMut(&str)>;
}

/// A server that is started for a test and ends with it.
pub trait Server: Sized + Send + Sync {
    /// Starts a server with these lines of configuration.
    fn start_with(settings: &[&str]) -> Self;
    /// The URL of an administrator.
    fn url(&self) -> String;
    /// Where it listens.
    fn address(&self) -> SocketAddr;
    /// A directory that ends with it.
    fn directory(&self) -> &Path;
    /// Carries out SQL as an administrator, and returns what is found as text.
    fn sql(&self, text: &str) -> String;
    /// Kills it with SIGKILL.
    fn kill(&self);
    /// Starts it again.
    fn restart(&self);
    /// Stops it with SIGSTOP.
    fn freeze(&self);
    /// Lets it go on.
    fn thaw(&self);
}

/// Starts a server that has the table.
#[must_use]
pub fn start<D: Database>(settings: &[&str]) -> D::Server {
    let server = D::Server::start_with(settings);
    server.sql(&D::Dialect::create_table(&Table::new("alo_session").unwrap()));
    server
}

/// Each method is that of the server itself, which cannot fail in a test.
macro_rules! server {
    ($server:ident) => {
        impl Server for $server {
            fn start_with(settings: &[&str]) -> Self {
                settings.iter().fold(Self::builder(), |builder, line| builder.config(*line)).start().unwrap()
            }

            fn url(&self) -> String {
                self.url()
            }

            fn address(&self) -> SocketAddr {
                self.address()
            }

            fn directory(&self) -> &Path {
                self.directory()
            }

            fn sql(&self, text: &str) -> String {
                self.sql(text).unwrap()
            }

            fn kill(&self) {
                self.kill().unwrap();
            }

            fn restart(&self) {
                self.restart().unwrap();
            }

            fn freeze(&self) {
                self.freeze().unwrap();
            }

            fn thaw(&self) {
                self.thaw().unwrap();
            }
        }
    };
}

server!(MariaDb);
server!(Postgres);
