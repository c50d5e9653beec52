use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use crate::{
    BuildError,
    servers::{Endpoint, Login, ServerAddress, Topology},
};

pub(crate) const PORT: u16 = 6379;
pub(crate) const SENTINEL_PORT: u16 = 26_379;

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
pub(crate) fn parse(url: &str) -> Result<Endpoint, BuildError> {
    let (scheme, rest) = url.split_once("://").ok_or_else(|| invalid("it must begin with a scheme"))?;
    let (kind, tls) = read_scheme(scheme)?;
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
    let mut endpoint = Endpoint {
        topology: Topology::Cluster { seeds: Vec::new() },
        login: read_login(userinfo)?,
        sentinel_login: Login::default(),
        database: 0,
        tls,
        ca: None,
    };
    read_query(&mut endpoint, kind, query)?;
    read_path(&mut endpoint, kind, hosts, path.strip_suffix('/').unwrap_or(path))?;
    Ok(endpoint)
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
fn read_login(userinfo: &str) -> Result<Login, BuildError> {
    let (user, password) = match userinfo.split_once(':') {
        Some((user, password)) => (user, Some(decode(password, "password")?)),
        None => (userinfo, None),
    };
    let user = if user.is_empty() { None } else { Some(decode(user, "user")?) };
    Ok(Login { user, password })
}

fn read_query(endpoint: &mut Endpoint, kind: Kind, query: &str) -> Result<(), BuildError> {
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let value = decode(value, "query")?;
        match (name, kind) {
            ("ca", _) if endpoint.tls => endpoint.ca = Some(value.into()),
            ("ca", _) => return Err(invalid("`ca` needs a scheme with TLS, like rediss://")),
            ("db", Kind::Socket) => endpoint.database = read_database(&value)?,
            ("user", Kind::Socket) => endpoint.login.user = Some(value),
            ("pass", Kind::Socket) => endpoint.login.password = Some(value),
            ("sentinel_user", Kind::Sentinel) => endpoint.sentinel_login.user = Some(value),
            ("sentinel_pass", Kind::Sentinel) => endpoint.sentinel_login.password = Some(value),
            // A name may be a piece of a password with a character that is not encoded.
            _ => return Err(invalid("its query has an unknown parameter for this scheme")),
        }
    }
    Ok(())
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
    let is_escape = |rest: &str| rest.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2;
    if !text.split('%').skip(1).all(is_escape) {
        return Err(invalid(format!("the {part} has a `%` without two digits; write `%` as %25")));
    }
    let decoded = percent_decode_str(text).decode_utf8().map(Cow::into_owned);
    decoded.map_err(|_| invalid(format!("the {part} must be UTF-8")))
}

fn invalid(reason: impl Into<String>) -> BuildError {
    BuildError::Url { reason: reason.into() }
}
