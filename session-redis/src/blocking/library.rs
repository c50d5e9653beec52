use redis::{
    Client, ConnectionAddr, ConnectionInfo, IntoConnectionInfo as _, RedisConnectionInfo, RedisResult,
};
use session_net::Login;

use crate::{options::StoreOptions, servers::ServerAddress};

/// A client of the `redis` crate, which opens connections to one of the servers.
pub(super) fn client(
    options: &StoreOptions,
    address: &ServerAddress,
    login: &Login,
    database: u32,
) -> RedisResult<Client> {
    // Without this, each connection would send a further command, which few users are allowed.
    let mut redis = RedisConnectionInfo::default().set_skip_set_lib_name();
    if let Some(user) = login.user() {
        redis = redis.set_username(user);
    }
    if let Some(password) = login.password() {
        redis = redis.set_password(password);
    }
    redis = redis.set_db(i64::from(database));
    let address = match &*options.target(address) {
        ServerAddress::Socket(path) => ConnectionAddr::Unix(path.clone()),
        ServerAddress::Tcp { host, port } if options.tls.is_some() => {
            ConnectionAddr::TcpTls { host: host.clone(), port: *port, insecure: false, tls_params: None }
        }
        ServerAddress::Tcp { host, port } => ConnectionAddr::Tcp(host.clone(), *port),
    };
    let info = address.into_connection_info()?.set_redis_settings(redis);
    open(options, info.set_tcp_settings(redis::io::tcp::TcpSettings::default().set_nodelay(true)))
}

#[cfg(feature = "tls-blocking")]
fn open(options: &StoreOptions, info: ConnectionInfo) -> RedisResult<Client> {
    use session_net::tls::{Authorities, Pem};

    let Some(tls) = &options.tls else { return Client::open(info) };
    // rustls panics where several providers are linked in and none was chosen. The application's own choice stays.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let read = |pem: &Pem| match pem {
        Pem::Bytes(bytes) => Ok(bytes.clone()),
        pem => pem.path().map_or_else(|| Ok(Vec::new()), std::fs::read),
    };
    let root_cert = match tls.trusted() {
        Authorities::Own(pem) => Some(read(pem)?),
        _ => None,
    };
    let identity = tls.own_identity().map(|(certificate, key)| {
        Ok::<_, std::io::Error>(redis::ClientTlsConfig {
            client_cert: read(certificate)?,
            client_key: read(key)?,
        })
    });
    Client::build_with_tls(info, redis::TlsCertificates { client_tls: identity.transpose()?, root_cert })
}

#[cfg(not(feature = "tls-blocking"))]
fn open(_: &StoreOptions, info: ConnectionInfo) -> RedisResult<Client> {
    Client::open(info)
}
