use std::path::PathBuf;

use crate::{
    BuildError,
    servers::{login::Login, server_address::Address, topology::Topology},
};

/// What a URL says: which servers, how to reach them, and as whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Location {
    pub(crate) topology: Topology,
    pub(crate) login: Login,
    /// The sentinels have users of their own.
    pub(crate) sentinel_login: Login,
    pub(crate) database: u32,
    pub(crate) tls: bool,
    /// The file of the authorities to trust.
    pub(crate) ca: Option<PathBuf>,
}

pub(crate) const PORT: u16 = 6379;
pub(crate) const SENTINEL_PORT: u16 = 26_379;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Single,
    Socket,
    Sentinel,
    Cluster,
}

impl Location {
    /// Reads a URL; what is wrong with it is said without showing any of it that may be a secret.
    pub(crate) fn parse(url: &str) -> Result<Self, BuildError> {
        let (scheme, rest) = url.split_once("://").ok_or_else(|| wrong("it has no scheme"))?;
        let (kind, tls) = read_scheme(scheme)?;
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        if query.contains('#') || rest.contains('#') {
            return Err(wrong("it has a fragment; write `#` as %23"));
        }
        let (authority, path) = match kind {
            Kind::Socket => ("", rest),
            _ => rest.split_once('/').unwrap_or((rest, "")),
        };
        if kind != Kind::Socket && path.contains('@') {
            return Err(wrong("there is a `/` before the `@`; write it as %2F"));
        }
        let (userinfo, hosts) = authority.rsplit_once('@').unwrap_or(("", authority));
        let mut location = Self {
            topology: Topology::Cluster { seeds: Vec::new() },
            login: read_login(userinfo)?,
            sentinel_login: Login::default(),
            database: 0,
            tls,
            ca: None,
        };
        location.read_query(kind, query)?;
        location.read_topology(kind, hosts, path)?;
        Ok(location)
    }

    fn read_topology(&mut self, kind: Kind, hosts: &str, path: &str) -> Result<(), BuildError> {
        let path = path.strip_suffix('/').unwrap_or(path);
        self.topology = match kind {
            Kind::Single => {
                self.read_database(path)?;
                let [server] = <[Address; 1]>::try_from(addresses(hosts, PORT)?)
                    .map_err(|_| wrong("several hosts need redis+sentinel:// or redis+cluster://"))?;
                Topology::Single(server)
            }
            Kind::Socket if path.starts_with('/') => {
                Topology::Single(Address::Socket(decoded(path, "path")?.into()))
            }
            Kind::Socket => return Err(wrong("the path of the socket does not begin with `/`")),
            Kind::Sentinel => {
                let (name, database) = path.split_once('/').unwrap_or((path, ""));
                if name.is_empty() {
                    return Err(wrong("the name of the master is missing after the sentinels"));
                }
                self.read_database(database)?;
                let sentinels = addresses(hosts, SENTINEL_PORT)?;
                Topology::Sentinel { sentinels, master: decoded(name, "name of the master")? }
            }
            Kind::Cluster => {
                self.read_database(path)?;
                if self.database != 0 {
                    return Err(wrong("a cluster has no database but 0"));
                }
                Topology::Cluster { seeds: addresses(hosts, PORT)? }
            }
        };
        Ok(())
    }

    fn read_query(&mut self, kind: Kind, query: &str) -> Result<(), BuildError> {
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = decoded(value, "query")?;
            match (name, kind) {
                ("ca", _) if self.tls => self.ca = Some(value.into()),
                ("ca", _) => return Err(wrong("`ca` needs a scheme with TLS, like rediss://")),
                ("db", Kind::Socket) => self.read_database(&value)?,
                ("user", Kind::Socket) => self.login.user = Some(value),
                ("pass", Kind::Socket) => self.login.password = Some(value),
                ("sentinel_user", Kind::Sentinel) => self.sentinel_login.user = Some(value),
                ("sentinel_pass", Kind::Sentinel) => self.sentinel_login.password = Some(value),
                _ => return Err(wrong("its query has a parameter that is not known for this scheme")),
            }
        }
        Ok(())
    }

    fn read_database(&mut self, text: &str) -> Result<(), BuildError> {
        if !text.is_empty() {
            self.database = text.parse().map_err(|_| wrong("the database is no number"))?;
        }
        Ok(())
    }
}

fn read_scheme(scheme: &str) -> Result<(Kind, bool), BuildError> {
    let (kind, tls) = match scheme {
        "redis" | "valkey" => (Kind::Single, false),
        "rediss" | "valkeys" => (Kind::Single, true),
        "redis+unix" | "valkey+unix" | "unix" => (Kind::Socket, false),
        "redis+sentinel" | "valkey+sentinel" => (Kind::Sentinel, false),
        "rediss+sentinel" | "valkeys+sentinel" => (Kind::Sentinel, true),
        "redis+cluster" | "valkey+cluster" => (Kind::Cluster, false),
        "rediss+cluster" | "valkeys+cluster" => (Kind::Cluster, true),
        _ => {
            return Err(wrong(
                "its scheme is none of redis, rediss, redis+unix, redis+sentinel, rediss+sentinel, redis+cluster, \
                 rediss+cluster",
            ));
        }
    };
    if tls && !cfg!(feature = "tls-blocking") {
        return Err(BuildError::Feature { feature: "tls" });
    }
    Ok((kind, tls))
}

/// `user:password`, `:password`, or nothing.
fn read_login(userinfo: &str) -> Result<Login, BuildError> {
    let (user, password) = match userinfo.split_once(':') {
        Some((user, password)) => (user, Some(decoded(password, "password")?)),
        None => (userinfo, None),
    };
    let user = if user.is_empty() { None } else { Some(decoded(user, "user")?) };
    Ok(Login { user, password })
}

fn addresses(hosts: &str, port: u16) -> Result<Vec<Address>, BuildError> {
    let address = |host: &str| {
        let readable = Address::parse(host, port).filter(|_| !host.contains(['@', '%']));
        // What cannot be read may be a piece of a password with an unencoded character.
        readable.ok_or_else(|| wrong("a host is not `name`, `name:port` or `[v6]:port`"))
    };
    hosts.split(',').map(address).collect()
}

fn decoded(text: &str, what: &str) -> Result<String, BuildError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        bytes.push(match byte {
            b'%' => match (digit(rest.next()), digit(rest.next())) {
                (Some(high), Some(low)) => u8::try_from(high * 16 + low).unwrap_or(b'%'),
                _ => return Err(wrong(format!("the {what} has a `%` without two digits; write `%` as %25"))),
            },
            other => other,
        });
    }
    String::from_utf8(bytes).map_err(|_| wrong(format!("the {what} is not UTF-8")))
}

fn wrong(reason: impl Into<String>) -> BuildError {
    BuildError::Url { reason: reason.into() }
}
