use std::{fs, path::Path};

use super::{
    Postgres,
    programs::{PROGRAM_KIND, Programs},
    server::Parts,
    template::Template,
};
use crate::{
    ServerError, account::Account, certificates::ServerTls, port::Port, process::Process, watchdog::Watchdog,
};

/// Sets up a [`Postgres`].
///
/// ```no_run
/// use session_testservers::Postgres;
///
/// let server = Postgres::builder().config("max_connections=20").config("timezone='Asia/Karachi'").start()?;
/// assert_eq!(server.sql("SHOW max_connections")?, "20\n");
/// # Ok::<(), session_testservers::ServerError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct PostgresBuilder {
    tls: bool,
    certificates: Option<ServerTls>,
    lines: Vec<String>,
    rules: Vec<String>,
}

impl PostgresBuilder {
    /// Lets the port accept TLS connections, too. The certificate comes from a new [authority](Postgres::authority).
    #[must_use]
    pub const fn tls(mut self) -> Self {
        self.tls = true;
        self
    }

    /// Lets the port accept TLS connections, too, with these certificates. A server that wants a certificate of its clients
    /// refuses connections over TCP without one.
    #[must_use]
    pub fn certificates(mut self, certificates: ServerTls) -> Self {
        self.tls = true;
        self.certificates = Some(certificates);
        self
    }

    /// Adds a line to `postgresql.conf`. It can override an earlier line.
    #[must_use]
    pub fn config(mut self, line: impl Into<String>) -> Self {
        self.lines.push(line.into());
        self
    }

    /// Adds a line to `pg_hba.conf`, before the lines that let everybody in: the first that fits a connection counts.
    ///
    /// ```no_run
    /// use session_testservers::Postgres;
    ///
    /// let server = Postgres::builder().access("host all ada 127.0.0.1/32 scram-sha-256").start()?;
    /// server.sql("CREATE ROLE ada LOGIN PASSWORD 'secret'")?;
    /// # Ok::<(), session_testservers::ServerError>(())
    /// ```
    #[must_use]
    pub fn access(mut self, rule: impl Into<String>) -> Self {
        self.rules.push(rule.into());
        self
    }

    /// Starts the server and waits until it accepts clients.
    ///
    /// # Errors
    /// When there is no PostgreSQL on this machine, or it does not start with this configuration.
    pub fn start(self) -> Result<Postgres, ServerError> {
        self.start_with(Template::copy_to)
    }

    /// Starts a server whose data directory is made by a function.
    pub(super) fn start_with(
        self,
        make_data: impl FnOnce(&Programs, &Path) -> Result<(), ServerError>,
    ) -> Result<Postgres, ServerError> {
        let programs = Programs::find()?;
        let watchdog = Watchdog::start()?;
        let directory = watchdog.directory();
        let account = Account::of(directory)?;
        make_data(&programs, &directory.join(Postgres::DATA))?;
        let port = Port::reserve().map_err(ServerError::io("reserving a port"))?;
        let certificates = match (self.tls, &self.certificates) {
            (_, Some(given)) => Some(given.clone()),
            (true, None) => Some(ServerTls::make(directory, PROGRAM_KIND)?),
            (false, None) => None,
        };
        let tls = certificates.as_ref();
        let settings = directory.join("postgresql.conf");
        for (path, lines) in [
            (settings.clone(), self.settings(directory, port.number(), tls)),
            (directory.join("pg_hba.conf"), self.access_rules(tls)),
        ] {
            let tried = format!("writing {}", path.display());
            fs::write(path, lines.join("\n") + "\n").map_err(ServerError::io(tried))?;
        }
        if let Some(tls) = tls {
            for file in [&tls.identity.certificate, &tls.identity.key, &tls.authority] {
                account.give(file)?;
            }
        }
        let data = directory.join(Postgres::DATA);
        let arguments =
            vec!["-D".into(), data.into(), format!("--config-file={}", settings.display()).into()];
        let server = Postgres::new(Parts {
            process: Process::new(programs.path("postgres"), arguments, watchdog)
                .run_as(account)
                .stopped_by("INT")
                .with_children(),
            port,
            account,
            programs,
            authority: certificates.map(|certificates| certificates.authority),
        });
        server.start_process()?;
        Ok(server)
    }

    fn settings(&self, directory: &Path, port: u16, tls: Option<&ServerTls>) -> Vec<String> {
        let mut lines = vec![
            format!("hba_file={}", quoted(&directory.join("pg_hba.conf"))),
            format!("unix_socket_directories={}", quoted(directory)),
            "listen_addresses='127.0.0.1'".to_owned(),
            format!("port={port}"),
            "max_connections=200".to_owned(),
            "shared_buffers=32MB".to_owned(),
            // A commit survives a killed server, because it reaches the system, but does not wait for the disk.
            "fsync=off".to_owned(),
            // Other kinds are left behind by a killed server.
            "dynamic_shared_memory_type=mmap".to_owned(),
        ];
        lines.extend(tls.iter().flat_map(|tls| {
            [
                "ssl=on".to_owned(),
                format!("ssl_cert_file={}", quoted(&tls.identity.certificate)),
                format!("ssl_key_file={}", quoted(&tls.identity.key)),
                format!("ssl_ca_file={}", quoted(&tls.authority)),
            ]
        }));
        lines.extend(self.lines.iter().cloned());
        lines
    }

    fn access_rules(&self, tls: Option<&ServerTls>) -> Vec<String> {
        let over_tcp = if tls.is_some_and(|tls| tls.wants_client_certificate) {
            "hostssl all all 127.0.0.1/32 trust clientcert=verify-ca"
        } else {
            "host all all 127.0.0.1/32 trust"
        };
        let rest = ["local all all trust", "local replication all trust", over_tcp];
        self.rules.iter().cloned().chain(rest.map(str::to_owned)).collect()
    }
}

fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', "''"))
}
