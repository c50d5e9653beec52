use std::{fmt, time::Duration};

use redis::{
    Client, ConnectionAddr, ConnectionInfo, IntoConnectionInfo as _, RedisConnectionInfo, RedisResult,
};

use crate::{BuildError, address::Address, location::Location, topology::Topology};

/// How a store reaches its servers.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) location: Location,
    /// The authorities to trust instead of the usual ones, as PEM.
    #[cfg_attr(not(feature = "tls-blocking"), expect(dead_code, reason = "nothing to trust without TLS"))]
    pub(crate) authorities: Option<Vec<u8>>,
    pub(crate) prefix: String,
    pub(crate) connect_timeout: Duration,
    pub(crate) response_timeout: Duration,
    pub(crate) budget: Duration,
    #[cfg_attr(not(feature = "blocking"), expect(dead_code, reason = "only the blocking face has a pool"))]
    pub(crate) pool_size: u32,
}

impl Settings {
    /// What opens connections to one of the servers.
    pub(crate) fn client(&self, address: &Address) -> RedisResult<Client> {
        let location = &self.location;
        let is_sentinel =
            matches!(&location.topology, Topology::Sentinel { sentinels, .. } if sentinels.contains(address));
        let login = if is_sentinel { &location.sentinel_login } else { &location.login };
        // The name of the library is a command more at each connection, and one that few users may give.
        let mut redis = RedisConnectionInfo::default().set_skip_set_lib_name();
        if let Some(user) = &login.user {
            redis = redis.set_username(user);
        }
        if let Some(password) = &login.password {
            redis = redis.set_password(password);
        }
        if !is_sentinel {
            redis = redis.set_db(i64::from(location.database));
        }
        let info = self.address(address).into_connection_info()?.set_redis_settings(redis);
        self.open(info.set_tcp_settings(redis::io::tcp::TcpSettings::default().set_nodelay(true)))
    }

    /// So that a certificate that cannot be read is told when the store is made.
    pub(crate) fn check_authorities(&self) -> Result<(), BuildError> {
        let nowhere = Address::Tcp { host: "localhost".to_owned(), port: 1 };
        let unreadable = |error: redis::RedisError| BuildError::Authorities { reason: error.to_string() };
        self.client(&nowhere).map(drop).map_err(unreadable)
    }

    fn address(&self, address: &Address) -> ConnectionAddr {
        match address {
            Address::Socket(path) => ConnectionAddr::Unix(path.clone()),
            Address::Tcp { host, port } if self.location.tls => {
                ConnectionAddr::TcpTls { host: host.clone(), port: *port, insecure: false, tls_params: None }
            }
            Address::Tcp { host, port } => ConnectionAddr::Tcp(host.clone(), *port),
        }
    }

    #[cfg(feature = "tls-blocking")]
    fn open(&self, info: ConnectionInfo) -> RedisResult<Client> {
        if !self.location.tls {
            return Client::open(info);
        }
        // rustls panics where it has none, or several to choose from; the application's own choice comes first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let root_cert = self.authorities.clone();
        Client::build_with_tls(info, redis::TlsCertificates { client_tls: None, root_cert })
    }

    #[cfg(not(feature = "tls-blocking"))]
    #[expect(clippy::unused_self, reason = "with TLS there is more to it")]
    fn open(&self, info: ConnectionInfo) -> RedisResult<Client> {
        Client::open(info)
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("location", &self.location)
            .field("prefix", &self.prefix)
            .field("budget", &self.budget)
            .finish_non_exhaustive()
    }
}
