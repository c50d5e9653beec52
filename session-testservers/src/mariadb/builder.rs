use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

use super::{
    MariaDb,
    product::{PROGRAM_KIND, Product},
    server::Parts,
    template::{Template, user_argument},
};
use crate::{ServerError, certificates::ServerTls, port::Port, process::Process, watchdog::Watchdog};

/// Sets up a [`MariaDb`].
///
/// ```no_run
/// use session_testservers::MariaDb;
///
/// let server = MariaDb::builder().config("max_connections=20").config("default_time_zone=+05:00").start()?;
/// assert_eq!(server.sql("SELECT @@max_connections")?.trim(), "20");
/// # Ok::<(), session_testservers::ServerError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct MariaDbBuilder {
    tls: bool,
    certificates: Option<ServerTls>,
    lines: Vec<String>,
}

impl MariaDbBuilder {
    /// Lets the port accept TLS connections, too. The certificate comes from a new [authority](MariaDb::authority).
    #[must_use]
    pub const fn tls(mut self) -> Self {
        self.tls = true;
        self
    }

    /// Lets the port accept TLS connections, too, with these certificates.
    #[must_use]
    pub fn certificates(mut self, certificates: ServerTls) -> Self {
        self.tls = true;
        self.certificates = Some(certificates);
        self
    }

    /// Adds a line to the `[mysqld]` section of `my.cnf`. It can override an earlier line.
    #[must_use]
    pub fn config(mut self, line: impl Into<String>) -> Self {
        self.lines.push(line.into());
        self
    }

    /// Starts the server and waits until it accepts clients.
    ///
    /// # Errors
    /// When there is no MariaDB on this machine, or it does not start with this configuration.
    pub fn start(self) -> Result<MariaDb, ServerError> {
        self.start_in_group(vec![], None)
    }

    /// Starts a server that holds these ports, too, and finds its scripts in this directory.
    pub(super) fn start_in_group(
        self,
        ports: Vec<Port>,
        scripts: Option<PathBuf>,
    ) -> Result<MariaDb, ServerError> {
        let client = Product::client()?;
        let watchdog = Watchdog::start()?;
        let directory = watchdog.directory();
        let product = Product::find(directory)?;
        Template::copy_to(&product, &directory.join(MariaDb::DATA))?;
        let port = Port::reserve().map_err(ServerError::io("reserving a port"))?;
        let certificates = match (self.tls, &self.certificates) {
            (_, Some(given)) => Some(given.clone()),
            (true, None) => Some(ServerTls::make(directory, PROGRAM_KIND)?),
            (false, None) => None,
        };
        let file = directory.join("my.cnf");
        let text = self.configuration(&product, directory, port.number(), certificates.as_ref());
        fs::write(&file, text).map_err(ServerError::io("writing my.cnf"))?;
        // This option must come first.
        let mut arguments: Vec<OsString> = vec![format!("--defaults-file={}", file.display()).into()];
        arguments.extend(user_argument(directory)?.map(OsString::from));
        let server = MariaDb::new(Parts {
            process: Process::new(product.server, arguments, watchdog).with_scripts(scripts),
            port,
            _group: ports,
            client,
            authority: certificates.map(|certificates| certificates.authority),
        });
        server.start_process()?;
        Ok(server)
    }

    fn configuration(
        &self,
        product: &Product,
        directory: &Path,
        port: u16,
        tls: Option<&ServerTls>,
    ) -> String {
        let at = |name: &str| directory.join(name).display().to_string();
        let mut lines = vec![
            "[mysqld]".to_owned(),
            format!("datadir={}", at(MariaDb::DATA)),
            format!("socket={}", at(MariaDb::SOCKET)),
            format!("pid-file={}", at("server.pid")),
            format!("tmpdir={}", directory.display()),
            format!("port={port}"),
            "bind-address=127.0.0.1".to_owned(),
            "skip-name-resolve".to_owned(),
            "innodb-buffer-pool-size=64M".to_owned(),
            // A commit survives a killed server, because it reaches the system, but does not wait for the disk.
            "innodb-flush-log-at-trx-commit=2".to_owned(),
        ];
        lines.extend(product.settings().iter().map(|line| (*line).to_owned()));
        // From 11.4 on, MariaDB makes a certificate of its own.
        lines.extend((tls.is_none() && !product.is_mysql).then(|| "skip-ssl".to_owned()));
        lines.extend(tls.iter().flat_map(|tls| {
            [
                format!("ssl-ca={}", tls.authority.display()),
                format!("ssl-cert={}", tls.identity.certificate.display()),
                format!("ssl-key={}", tls.identity.key.display()),
            ]
        }));
        lines.extend(self.lines.iter().cloned());
        lines.join("\n") + "\n"
    }
}
