use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::{RedisServer, server::Parts};
use crate::{
    ServerError,
    certificates::ServerTls,
    port::Port,
    process::Process,
    program::{Program, run},
    watchdog::Watchdog,
};

/// Sets up a [`RedisServer`]. By default it is plain and keeps nothing on disk.
///
/// ```no_run
/// use session_testservers::RedisServer;
///
/// let server = RedisServer::builder().password("secret").config("appendonly yes").start()?;
/// assert!(server.url().starts_with("redis://:secret@127.0.0.1:"));
/// # Ok::<(), session_testservers::ServerError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct RedisBuilder {
    password: Option<String>,
    tls: bool,
    certificates: Option<ServerTls>,
    lines: Vec<String>,
    newer_lines: Vec<(u32, String)>,
    pub(super) role: Role,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Role {
    #[default]
    Single,
    ClusterNode,
    Sentinel,
}

impl RedisBuilder {
    const SERVER: Program =
        Program { kind: "redis", names: &["redis-server", "valkey-server"], package: "redis-server" };
    /// The distance from the port for clients to the port for other nodes of the cluster.
    const BUS: u16 = 10_000;

    /// Requires this password of clients.
    #[must_use]
    pub fn password(mut self, password: impl Into<String>) -> Self {
        self.password = Some(password.into());
        self
    }

    /// Lets the port accept TLS connections only. The certificate comes from a new [authority](RedisServer::authority).
    #[must_use]
    pub const fn tls(mut self) -> Self {
        self.tls = true;
        self
    }

    /// Lets the port accept TLS connections only, with these certificates.
    #[must_use]
    pub fn certificates(mut self, certificates: ServerTls) -> Self {
        self.tls = true;
        self.certificates = Some(certificates);
        self
    }

    /// Adds a line to `redis.conf`. It can override an earlier line.
    #[must_use]
    pub fn config(mut self, line: impl Into<String>) -> Self {
        self.lines.push(line.into());
        self
    }

    /// Adds a line to `redis.conf` if the server is of this version or a newer one; an older one does not know it.
    #[must_use]
    pub fn config_since(mut self, major: u32, line: impl Into<String>) -> Self {
        self.newer_lines.push((major, line.into()));
        self
    }

    /// Starts the server and waits until it answers.
    ///
    /// # Errors
    /// When there is no Redis on this machine, or it does not start with this configuration.
    pub fn start(self) -> Result<RedisServer, ServerError> {
        let program = Self::program()?;
        let watchdog = Watchdog::start()?;
        let directory = watchdog.directory();
        let no_port = ServerError::io("reserving a port");
        let (port, bus) = match self.role {
            Role::ClusterNode => Port::reserve_two(Self::BUS).map(|(port, bus)| (port, Some(bus))),
            Role::Single | Role::Sentinel => Port::reserve().map(|port| (port, None)),
        }
        .map_err(no_port)?;
        let certificates = match (self.tls, &self.certificates) {
            (_, Some(given)) => Some(given.clone()),
            (true, None) => Some(ServerTls::make(directory, "redis")?),
            (false, None) => None,
        };
        let version = major_version(&program, directory)?;
        let text = self.configuration(directory, port.number(), certificates.as_ref(), version);
        let file = directory.join("redis.conf");
        fs::write(&file, text).map_err(ServerError::io("writing redis.conf"))?;
        let mut arguments: Vec<OsString> = vec![file.into()];
        if self.role == Role::Sentinel {
            arguments.push("--sentinel".into());
        }
        let server = RedisServer::new(Parts {
            process: Process::new(program, arguments, watchdog),
            port,
            bus,
            password: self.password,
            authority: certificates.map(|certificates| certificates.authority),
        });
        server.start_process()?;
        Ok(server)
    }

    /// The program that the environment names, for servers of other versions, or the one on the `PATH`.
    fn program() -> Result<PathBuf, ServerError> {
        let named = env::var_os("SESSION_TEST_REDIS_SERVER").filter(|path| !path.is_empty());
        named.map_or_else(|| Self::SERVER.find(), |path| Ok(path.into()))
    }

    fn configuration(&self, directory: &Path, port: u16, tls: Option<&ServerTls>, version: u32) -> String {
        let at = |name: &str| directory.join(name).display().to_string();
        let mut lines = match tls {
            None => vec![format!("port {port}")],
            Some(tls) => vec![
                "port 0".to_owned(),
                format!("tls-port {port}"),
                format!("tls-cert-file \"{}\"", tls.identity.certificate.display()),
                format!("tls-key-file \"{}\"", tls.identity.key.display()),
                format!("tls-ca-cert-file \"{}\"", tls.authority.display()),
                format!("tls-auth-clients {}", if tls.wants_client_certificate { "yes" } else { "no" }),
            ],
        };
        lines.extend([
            "bind 127.0.0.1".to_owned(),
            format!("unixsocket \"{}\"", at(RedisServer::SOCKET)),
            "unixsocketperm 700".to_owned(),
            format!("dir \"{}\"", directory.display()),
            "daemonize no".to_owned(),
        ]);
        if self.role != Role::Sentinel {
            lines.push("save \"\"".to_owned());
            // Before version 7 every client may use it, and the directive is unknown.
            lines.extend((version >= 7).then(|| "enable-debug-command yes".to_owned()));
        }
        if self.role == Role::ClusterNode {
            lines.extend(["cluster-enabled yes", "cluster-node-timeout 1000"].map(str::to_owned));
        }
        lines.extend(self.password.iter().map(|password| format!("requirepass {}", quoted(password))));
        lines.extend(self.lines.iter().cloned());
        let newer = self.newer_lines.iter().filter(|(major, _)| version >= *major);
        lines.extend(newer.map(|(_, line)| line.clone()));
        lines.join("\n") + "\n"
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', r"\\").replace('"', "\\\""))
}

/// Reads the version from `Redis server v=7.0.15 …` or `Valkey server v=9.0.0 …`.
fn major_version(program: &Path, directory: &Path) -> Result<u32, ServerError> {
    let text = run(Command::new(program).arg("--version"), directory, "")?;
    let version = text.split_once("v=").and_then(|(_, rest)| rest.split('.').next());
    version
        .and_then(|digits| digits.parse().ok())
        .ok_or_else(|| ServerError::failed("asking redis for its version", format!("it says {text:?}")))
}
