//! The URL of a server.

mod encryption;

use session_net::{
    Credentials, CredentialsError, LimitSettings, ParameterError, Parameters, UrlLogin, decoded, tls::Tls,
};

use crate::{
    BuildError,
    servers::{Endpoint, ServerAddress, Topology},
};

pub(crate) const PORT: u16 = 6379;
pub(crate) const SENTINEL_PORT: u16 = 26_379;

/// Names by which other programs know a parameter.
const ALIASES: [(&str, &str); 3] = [("ssl_ca_certs", "ca"), ("ssl_certfile", "cert"), ("ssl_keyfile", "key")];

/// Names that other programs know, and what to write instead.
const FOREIGN: [(&str, &str); 17] = [
    ("db", "the database stands in the path: redis://host/1"),
    ("user", "the user stands before the host: redis://user:password@host"),
    ("username", "the user stands before the host: redis://user:password@host"),
    ("pass", "the password stands before the host: redis://:password@host"),
    ("password", "the password stands before the host: redis://:password@host"),
    ("insecure", "`tls=danger-accept-any-certificate` checks no certificate"),
    ("skip_verify", "`tls=danger-accept-any-certificate` checks no certificate"),
    ("ssl_check_hostname", "`tls=verify-ca` with `ca` accepts a certificate for any name"),
    ("sslmode", "`tls` says how to encrypt"),
    ("timeout", "the limits are `connect_timeout`, `response_timeout` and `budget`"),
    ("socket_timeout", "the limits are `connect_timeout`, `response_timeout` and `budget`"),
    ("socket_connect_timeout", "the limits are `connect_timeout`, `response_timeout` and `budget`"),
    ("dial_timeout", "the limits are `connect_timeout`, `response_timeout` and `budget`"),
    ("read_timeout", "the limits are `connect_timeout`, `response_timeout` and `budget`"),
    ("max_connections", "the number is `pool_size`"),
    ("protocol", "the protocol is chosen by the store; leave it out"),
    ("family", "both families of addresses are tried; leave it out"),
];

/// What a URL says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) endpoint: Endpoint,
    pub(crate) login: UrlLogin,
    /// Sentinels have users of their own.
    pub(crate) sentinel_login: UrlLogin,
    pub(crate) tls: Option<Tls>,
    pub(crate) limits: LimitSettings,
    pub(crate) max_in_flight: Option<u32>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Single,
    Socket,
    Sentinel,
    Cluster,
}

/// Reads a URL. An error never shows any part of it that may be a secret.
///
/// The crate `url` reads one host; here there may be several.
pub(crate) fn parse(url: &str) -> Result<Settings, BuildError> {
    let (scheme, rest) = url.split_once("://").ok_or_else(|| invalid("it must begin with a scheme"))?;
    let (kind, is_secure) = read_scheme(scheme)?;
    if rest.contains('#') {
        return Err(invalid("it must not have a fragment; write `#` as %23"));
    }
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, path) = match kind {
        Kind::Socket => ("", rest),
        _ => rest.split_once('/').unwrap_or((rest, "")),
    };
    if kind != Kind::Socket && path.contains('@') {
        return Err(invalid("there must be no `/` before the `@`; write it as %2F"));
    }
    let (userinfo, hosts) = authority.rsplit_once('@').unwrap_or(("", authority));
    let mut parameters = Parameters::parse(query, &ALIASES)?;
    let (mut login, mut sentinel_login) = (read_login(userinfo)?, UrlLogin::default());
    let mut endpoint = Endpoint { topology: Topology::Cluster { seeds: Vec::new() }, database: 0 };
    match kind {
        Kind::Socket => {
            endpoint.database = read_database(&parameters.text("db")?.unwrap_or_default())?;
            login.user = parameters.text("user")?;
            login.password = parameters.text("pass")?;
        }
        Kind::Sentinel => {
            sentinel_login.user = parameters.text("sentinel_user")?;
            sentinel_login.password = parameters.text("sentinel_pass")?;
            sentinel_login.take_files("sentinel_", &mut parameters)?;
        }
        Kind::Single | Kind::Cluster => {}
    }
    login.take_files("", &mut parameters)?;
    let tls = encryption::take_tls(is_secure, &mut parameters)?;
    if kind == Kind::Socket && tls.is_some() {
        return Err(invalid("a socket of the file system has no TLS"));
    }
    let limits = LimitSettings::take(&mut parameters)?;
    let max_in_flight = parameters.number("max_in_flight")?;
    parameters.finish(&FOREIGN)?;
    read_path(&mut endpoint, kind, hosts, path.strip_suffix('/').unwrap_or(path))?;
    Ok(Settings { endpoint, login, sentinel_login, tls, limits, max_in_flight })
}

/// Returns the kind of servers and whether they speak TLS.
fn read_scheme(scheme: &str) -> Result<(Kind, bool), BuildError> {
    Ok(match scheme {
        "redis" | "valkey" => (Kind::Single, false),
        "rediss" | "valkeys" => (Kind::Single, true),
        "redis+unix" | "valkey+unix" | "unix" => (Kind::Socket, false),
        "redis+sentinel" | "valkey+sentinel" => (Kind::Sentinel, false),
        "rediss+sentinel" | "valkeys+sentinel" => (Kind::Sentinel, true),
        "redis+cluster" | "valkey+cluster" => (Kind::Cluster, false),
        "rediss+cluster" | "valkeys+cluster" => (Kind::Cluster, true),
        _ => {
            return Err(invalid(
                "its scheme must be one of redis, rediss, redis+unix, redis+sentinel, rediss+sentinel, \
                 redis+cluster, rediss+cluster",
            ));
        }
    })
}

/// Reads `user:password`, `user` or `:password`.
fn read_login(userinfo: &str) -> Result<UrlLogin, BuildError> {
    let (user, password) = match userinfo.split_once(':') {
        Some((user, password)) => (user, Some(decode(password, "password")?)),
        None => (userinfo, None),
    };
    let user = if user.is_empty() { None } else { Some(decode(user, "user")?) };
    Ok(UrlLogin { user, password, ..UrlLogin::default() })
}

/// Checks that a login can only mean one thing, and that its files can be read.
pub(crate) fn credentials(login: UrlLogin) -> Result<Credentials, BuildError> {
    match login {
        // Redis would take the connection for that of another user, `default`.
        UrlLogin { user: Some(_), password: None, user_file: None, password_file: None } => Err(invalid(
            "there is a user without a password; if the user has none, write a colon after it: `user:@host`",
        )),
        login => Ok(login.credentials()?),
    }
}

fn read_path(endpoint: &mut Endpoint, kind: Kind, hosts: &str, path: &str) -> Result<(), BuildError> {
    endpoint.topology = match kind {
        Kind::Single => {
            endpoint.database = read_database(path)?;
            let [server] = <[ServerAddress; 1]>::try_from(read_hosts(hosts, PORT)?)
                .map_err(|_| invalid("several hosts need redis+sentinel:// or redis+cluster://"))?;
            Topology::Single(server)
        }
        Kind::Socket if path.starts_with('/') => {
            Topology::Single(ServerAddress::Socket(decode(path, "path")?.into()))
        }
        Kind::Socket => return Err(invalid("the path of the socket must begin with `/`")),
        Kind::Sentinel => {
            let (name, database) = path.split_once('/').unwrap_or((path, ""));
            if name.is_empty() {
                return Err(invalid("the name of the master must follow the sentinels"));
            }
            endpoint.database = read_database(database)?;
            let sentinels = read_hosts(hosts, SENTINEL_PORT)?;
            Topology::Sentinel { sentinels, master: decode(name, "name of the master")? }
        }
        Kind::Cluster if read_database(path)? == 0 => Topology::Cluster { seeds: read_hosts(hosts, PORT)? },
        Kind::Cluster => return Err(invalid("the database of a cluster must be 0")),
    };
    Ok(())
}

fn read_database(text: &str) -> Result<u32, BuildError> {
    if text.is_empty() {
        return Ok(0);
    }
    text.parse().map_err(|_| invalid("the database must be a number"))
}

fn read_hosts(hosts: &str, port: u16) -> Result<Vec<ServerAddress>, BuildError> {
    let address = |host: &str| {
        let address = ServerAddress::parse(host, port).filter(|_| !host.contains(['@', '%']));
        // The host may be a piece of a password with a character that is not encoded.
        address.ok_or_else(|| invalid("a host must be `name`, `name:port` or `[v6]:port`"))
    };
    hosts.split(',').map(address).collect()
}

fn decode(text: &str, part: &str) -> Result<String, BuildError> {
    decoded(text).map_err(|reason| invalid(format!("the {part} {reason}")))
}

fn invalid(reason: impl Into<String>) -> BuildError {
    BuildError::Url { reason: reason.into() }
}

impl From<ParameterError> for BuildError {
    fn from(error: ParameterError) -> Self {
        invalid(error.to_string())
    }
}

impl From<CredentialsError> for BuildError {
    fn from(error: CredentialsError) -> Self {
        match error {
            CredentialsError::Contradiction { reason } => invalid(reason),
            error => Self::Credentials { reason: error.to_string() },
        }
    }
}
