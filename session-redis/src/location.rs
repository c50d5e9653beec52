use std::path::PathBuf;

use crate::{BuildError, address::Address, login::Login, topology::Topology};

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

const PORT: u16 = 6379;
const SENTINEL_PORT: u16 = 26_379;

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
    match kind {
        _ if tls && !cfg!(feature = "tls-blocking") => Err(BuildError::Feature { feature: "tls" }),
        Kind::Sentinel if !cfg!(feature = "sentinel") => Err(BuildError::Feature { feature: "sentinel" }),
        Kind::Cluster if !cfg!(feature = "cluster") => Err(BuildError::Feature { feature: "cluster" }),
        _ => Ok((kind, tls)),
    }
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

#[cfg(test)]
#[cfg(all(feature = "tls-blocking", feature = "sentinel", feature = "cluster"))]
mod tests {
    use super::*;

    fn tcp(host: &str, port: u16) -> Address {
        Address::Tcp { host: host.to_owned(), port }
    }

    fn login(user: Option<&str>, password: Option<&str>) -> Login {
        Login { user: user.map(str::to_owned), password: password.map(str::to_owned) }
    }

    fn parse(url: &str) -> Location {
        Location::parse(url).unwrap()
    }

    fn plain(topology: Topology) -> Location {
        let (login, sentinel_login) = (Login::default(), Login::default());
        Location { topology, login, sentinel_login, database: 0, tls: false, ca: None }
    }

    #[test]
    fn a_single_server() {
        let here = || plain(Topology::Single(tcp("127.0.0.1", PORT)));
        assert_eq!(parse("redis://127.0.0.1"), here());
        assert_eq!(parse("valkey://127.0.0.1:6379/"), here());
        assert_eq!(parse("redis://127.0.0.1/3"), Location { database: 3, ..here() });
        assert_eq!(
            parse("redis://app:p%40s%2fs@127.0.0.1"),
            Location { login: login(Some("app"), Some("p@s/s")), ..here() }
        );
        assert_eq!(
            parse("redis://:secret@127.0.0.1"),
            Location { login: login(None, Some("secret")), ..here() }
        );
        assert_eq!(parse("redis://[::1]:1").topology, Topology::Single(tcp("::1", 1)));
        let secure = Location { tls: true, ca: Some("/etc/ca+1.pem".into()), ..here() };
        assert_eq!(parse("rediss://127.0.0.1/?ca=/etc/ca%2B1.pem"), secure);
    }

    #[test]
    fn a_socket() {
        let socket = || plain(Topology::Single(Address::Socket("/run/re dis.sock".into())));
        assert_eq!(parse("redis+unix:///run/re%20dis.sock"), socket());
        assert_eq!(
            parse("unix:///run/re%20dis.sock?db=2&user=app&pass=s%26s"),
            Location { database: 2, login: login(Some("app"), Some("s&s")), ..socket() }
        );
    }

    #[test]
    fn sentinels_and_a_cluster() {
        let sentinels = vec![tcp("a", 1), tcp("b", SENTINEL_PORT)];
        let trio =
            || plain(Topology::Sentinel { sentinels: sentinels.clone(), master: "mymaster".to_owned() });
        assert_eq!(parse("redis+sentinel://a:1,b/mymaster"), trio());
        assert_eq!(
            parse("rediss+sentinel://app:secret@a:1,b/mymaster/2?sentinel_user=s&sentinel_pass=t"),
            Location {
                login: login(Some("app"), Some("secret")),
                sentinel_login: login(Some("s"), Some("t")),
                database: 2,
                tls: true,
                ..trio()
            }
        );
        let seeds = vec![tcp("a", 1), tcp("::1", 2)];
        let cluster = || plain(Topology::Cluster { seeds: seeds.clone() });
        assert_eq!(parse("redis+cluster://a:1,[::1]:2"), cluster());
        assert_eq!(parse("rediss+cluster://a:1,[::1]:2/0"), Location { tls: true, ..cluster() });
    }

    #[test]
    fn what_is_wrong_is_said_without_the_secret() {
        for (url, expected) in [
            ("127.0.0.1:6379", "no scheme"),
            ("mysql://:s3cret@127.0.0.1", "scheme is none of"),
            ("redis://:s3cret@127.0.0.1:port", "a host is not"),
            ("redis://:s3cret@", "a host is not"),
            ("redis://s3cret/word@127.0.0.1", "%2F"),
            ("redis://user:s3cret/x/y@127.0.0.1", "%2F"),
            ("redis://:s3cret%@127.0.0.1", "password has a `%`"),
            ("redis://:s3cret%FF@127.0.0.1", "not UTF-8"),
            ("redis://:s3cret#1@127.0.0.1", "fragment"),
            ("redis://:s3cret@a,b", "several hosts"),
            ("redis://:s3cret@a/one", "database is no number"),
            ("redis://:s3cret@a/-1", "database is no number"),
            ("redis://a?pass=s3cret", "not known for this scheme"),
            ("redis://a?ca=/s3cret.pem", "needs a scheme with TLS"),
            ("unix://s3cret", "does not begin with"),
            ("redis+sentinel://:s3cret@a,b", "name of the master is missing"),
            ("redis+sentinel://:s3cret@a,,b/m", "a host is not"),
            ("redis+cluster://:s3cret@a/1", "no database but 0"),
        ] {
            let error = Location::parse(url).unwrap_err().to_string();
            assert!(error.contains(expected), "{url}: {error}");
            assert!(!error.contains("s3cret"), "{url}: {error}");
        }
        assert!(!format!("{:?}", parse("redis://app:s3cret@a")).contains("s3cret"));
    }
}

#[cfg(test)]
#[cfg(not(any(feature = "tls-blocking", feature = "sentinel", feature = "cluster")))]
mod tests_without_features {
    use super::*;

    #[test]
    fn the_feature_that_is_missing_is_named() {
        for (url, feature) in
            [("rediss://a", "tls"), ("redis+cluster://a", "cluster"), ("redis+sentinel://a/m", "sentinel")]
        {
            assert_eq!(Location::parse(url).unwrap_err(), BuildError::Feature { feature });
        }
    }
}
