use std::{fmt, time::Duration};

use redis::{
    Client, ConnectionAddr, ConnectionInfo, IntoConnectionInfo as _, RedisConnectionInfo, RedisResult,
};

#[cfg(feature = "tokio")]
use crate::protocol::requests::Command;
use crate::{
    BuildError,
    servers::{login::Login, server_address::Address, topology::Topology},
    url::Location,
};

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
    /// What a new connection of ours says first: who it belongs to, and which database it is for.
    #[cfg(feature = "tokio")]
    pub(crate) fn login(&self, address: &Address) -> Vec<Command> {
        let (login, database) = self.account(address);
        let user = login.user.iter().map(String::as_bytes);
        let auth = |password: &String| Command::new("AUTH", user.clone().chain([password.as_bytes()]));
        let select = || Command::new("SELECT", [database.to_string().as_bytes()]);
        login.password.as_ref().map(auth).into_iter().chain((database != 0).then(select)).collect()
    }

    /// The login and the database of this server.
    fn account(&self, address: &Address) -> (&Login, u32) {
        match &self.location.topology {
            Topology::Sentinel { sentinels, .. } if sentinels.contains(address) => {
                (&self.location.sentinel_login, 0)
            }
            _ => (&self.location.login, self.location.database),
        }
    }

    /// What opens connections of the client library to one of the servers.
    pub(crate) fn client(&self, address: &Address) -> RedisResult<Client> {
        let (login, database) = self.account(address);
        // The name of the library is a command more at each connection, and one that few users may give.
        let mut redis = RedisConnectionInfo::default().set_skip_set_lib_name();
        if let Some(user) = &login.user {
            redis = redis.set_username(user);
        }
        if let Some(password) = &login.password {
            redis = redis.set_password(password);
        }
        redis = redis.set_db(i64::from(database));
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
