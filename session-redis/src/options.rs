use std::{borrow::Cow, sync::Arc};

#[cfg(feature = "blocking")]
use session_net::tls::Tls;
#[cfg(feature = "tls-blocking")]
use session_net::tls::TlsClient;
use session_net::{Credentials, Limits, Login};

use crate::{
    protocol::Command,
    servers::{Endpoint, ServerAddress, Topology},
};

/// How a store reaches its servers, and how it names its keys.
#[derive(Clone)]
pub(crate) struct StoreOptions {
    pub(crate) endpoint: Endpoint,
    pub(crate) credentials: Credentials,
    /// Sentinels have users of their own.
    pub(crate) sentinel_credentials: Credentials,
    #[cfg(feature = "blocking")]
    pub(crate) tls: Option<Tls>,
    /// Made once, so that further connections are resumed.
    #[cfg(feature = "tls-blocking")]
    pub(crate) tls_client: Option<TlsClient>,
    pub(crate) address_map: Option<Arc<AddressMap>>,
    pub(crate) prefix: String,
    pub(crate) limits: Limits,
    #[cfg(feature = "tokio")]
    pub(crate) max_in_flight: u32,
}

/// From what servers announce to what can be reached from here.
pub(crate) type AddressMap = dyn Fn(&str, u16) -> (String, u16) + Send + Sync;

impl StoreOptions {
    /// Where to connect to for a server, and whose certificate it must show.
    pub(crate) fn target<'a>(&self, address: &'a ServerAddress) -> Cow<'a, ServerAddress> {
        match (&self.address_map, address) {
            (Some(map), ServerAddress::Tcp { host, port }) if !self.endpoint.names(address) => {
                let (host, port) = map(host, *port);
                Cow::Owned(ServerAddress::Tcp { host, port })
            }
            _ => Cow::Borrowed(address),
        }
    }

    /// Who logs in at this server, and the database to select.
    pub(crate) fn account(&self, address: &ServerAddress) -> (&Credentials, u32) {
        match &self.endpoint.topology {
            Topology::Sentinel { sentinels, .. } if sentinels.contains(address) => {
                (&self.sentinel_credentials, 0)
            }
            _ => (&self.credentials, self.endpoint.database),
        }
    }
}

/// The commands that log in on a new connection and select the database.
pub(crate) fn login_commands(login: &Login, database: u32) -> Vec<Command> {
    let user = login.user().map(str::as_bytes);
    let auth = |password: &str| Command::new("AUTH", user.into_iter().chain([password.as_bytes()]));
    let select = || Command::new("SELECT", [database.to_string().as_bytes()]);
    login.password().map(auth).into_iter().chain((database != 0).then(select)).collect()
}
