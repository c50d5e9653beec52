use std::time::Duration;

use redis::{
    Client, ConnectionAddr, ConnectionInfo, IntoConnectionInfo as _, RedisConnectionInfo, RedisResult,
};

#[cfg(feature = "tokio")]
use crate::protocol::Command;
use crate::{
    BuildError,
    retry::{BUDGET, CONNECT_TIMEOUT, POOL_SIZE, RESPONSE_TIMEOUT},
    servers::{Endpoint, Login, ServerAddress, Topology},
};

/// How a store reaches its servers, and how it names its keys.
#[derive(Clone)]
pub(crate) struct StoreOptions {
    pub(crate) endpoint: Endpoint,
    /// The authorities to trust instead of the usual ones, as PEM.
    pub(crate) authorities: Option<Vec<u8>>,
    pub(crate) prefix: String,
    pub(crate) limits: Limits,
}

/// How long a store waits, and how many connections it has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) connect_timeout: Duration,
    pub(crate) response_timeout: Duration,
    pub(crate) budget: Duration,
    pub(crate) pool_size: u32,
}

impl Limits {
    /// # Errors
    /// [`BuildError::Zero`] if one of them is zero.
    pub(crate) fn check(&self) -> Result<(), BuildError> {
        let fields = [
            ("connect_timeout", self.connect_timeout.is_zero()),
            ("response_timeout", self.response_timeout.is_zero()),
            ("budget", self.budget.is_zero()),
            ("pool_size", self.pool_size == 0),
        ];
        let zero = fields.into_iter().find(|(_, is_zero)| *is_zero);
        zero.map_or(Ok(()), |(field, _)| Err(BuildError::Zero { field }))
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect_timeout: CONNECT_TIMEOUT,
            response_timeout: RESPONSE_TIMEOUT,
            budget: BUDGET,
            pool_size: POOL_SIZE,
        }
    }
}

impl StoreOptions {
    /// The commands that log in on a new connection and select the database.
    #[cfg(feature = "tokio")]
    pub(crate) fn login(&self, address: &ServerAddress) -> Vec<Command> {
        let (login, database) = self.account(address);
        let user = login.user.iter().map(String::as_bytes);
        let auth = |password: &String| Command::new("AUTH", user.clone().chain([password.as_bytes()]));
        let select = || Command::new("SELECT", [database.to_string().as_bytes()]);
        login.password.as_ref().map(auth).into_iter().chain((database != 0).then(select)).collect()
    }

    fn account(&self, address: &ServerAddress) -> (&Login, u32) {
        match &self.endpoint.topology {
            Topology::Sentinel { sentinels, .. } if sentinels.contains(address) => {
                (&self.endpoint.sentinel_login, 0)
            }
            _ => (&self.endpoint.login, self.endpoint.database),
        }
    }

    /// A client of the `redis` crate, which opens connections to one of the servers.
    pub(crate) fn client(&self, address: &ServerAddress) -> RedisResult<Client> {
        let (login, database) = self.account(address);
        // Without this, each connection would send a further command, which few users are allowed.
        let mut redis = RedisConnectionInfo::default().set_skip_set_lib_name();
        if let Some(user) = &login.user {
            redis = redis.set_username(user);
        }
        if let Some(password) = &login.password {
            redis = redis.set_password(password);
        }
        redis = redis.set_db(i64::from(database));
        let info = self.connection_addr(address).into_connection_info()?.set_redis_settings(redis);
        self.open(info.set_tcp_settings(redis::io::tcp::TcpSettings::default().set_nodelay(true)))
    }

    /// # Errors
    /// [`BuildError::Authorities`] if they hold no certificate, or one that cannot be read.
    pub(crate) fn check_authorities(&self) -> Result<(), BuildError> {
        const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";

        if self.authorities.as_ref().is_some_and(|pem| !pem.windows(BEGIN.len()).any(|part| part == BEGIN)) {
            return Err(BuildError::Authorities { reason: "there is no certificate among them".to_owned() });
        }
        // The address is never connected to.
        let nowhere = ServerAddress::Tcp { host: "localhost".to_owned(), port: 1 };
        let invalid = |error: redis::RedisError| BuildError::Authorities { reason: error.to_string() };
        self.client(&nowhere).map(drop).map_err(invalid)
    }

    fn connection_addr(&self, address: &ServerAddress) -> ConnectionAddr {
        match address {
            ServerAddress::Socket(path) => ConnectionAddr::Unix(path.clone()),
            ServerAddress::Tcp { host, port } if self.endpoint.tls => {
                ConnectionAddr::TcpTls { host: host.clone(), port: *port, insecure: false, tls_params: None }
            }
            ServerAddress::Tcp { host, port } => ConnectionAddr::Tcp(host.clone(), *port),
        }
    }

    #[cfg(feature = "tls-blocking")]
    fn open(&self, info: ConnectionInfo) -> RedisResult<Client> {
        if !self.endpoint.tls {
            return Client::open(info);
        }
        // rustls panics where several providers are linked in and none was chosen. The application's own choice stays.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let root_cert = self.authorities.clone();
        Client::build_with_tls(info, redis::TlsCertificates { client_tls: None, root_cert })
    }

    #[cfg(not(feature = "tls-blocking"))]
    #[expect(clippy::unused_self, reason = "TLS needs the authorities")]
    fn open(&self, info: ConnectionInfo) -> RedisResult<Client> {
        Client::open(info)
    }
}
