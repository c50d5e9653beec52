use std::{
    io,
    net::SocketAddr,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use base64ct::{Base64UrlUnpadded, Encoding as _};
use session_core::id::Family;
use session_redis::{RedisStore, acl_rules};
use session_testkit::{Claims, Errand, Fixture, Means, Network, OpenError, Opened, distance};
use session_testservers::{RedisServer, proxy::Proxy};

/// Stores on one kind of server, each under a prefix of its own and, where the servers are ours, as a user who may do no
/// more than is needed.
pub(crate) struct Redis {
    name: &'static str,
    find: fn() -> Result<Found, OpenError>,
    opened: AtomicU32,
}

/// Why nothing can stand before some servers.
const ANNOUNCED: &str = "its servers announce their own addresses, which lead around any proxy";

/// A URL and, unless the environment points elsewhere, the servers that may hold the keys.
type Found = (String, &'static [RedisServer]);

impl Redis {
    pub(crate) const fn new(name: &'static str, find: fn() -> Result<Found, OpenError>) -> Self {
        Self { name, find, opened: AtomicU32::new(0) }
    }
}

impl Fixture for Redis {
    fn name(&self) -> &str {
        self.name
    }

    async fn open(&self) -> Result<Opened, OpenError> {
        let (url, servers) = (self.find)()?;
        let prefix = format!("case{}_", self.opened.fetch_add(1, Ordering::Relaxed));
        let mut url = as_least_privileged(&url, servers, &prefix)?;
        // Sentinels and nodes of a cluster send their clients to addresses that lead around any proxy.
        let proxy = match servers {
            [server] if !distance().is_zero() && url.contains(&server.address().to_string()) => {
                let proxy = away(server.address())?;
                url = url.replacen(&server.address().to_string(), &proxy.address().to_string(), 1);
                Some(proxy)
            }
            _ => None,
        };
        let place = format!("{prefix} {url}");
        let mut opened = opened(&place)?.at(place);
        if let Some(proxy) = proxy {
            opened = opened.at_distance().with_guard(proxy);
        }
        if servers.is_empty() {
            return Ok(opened);
        }
        let lost = prefix.clone();
        Ok(opened
            .with_corruption(move |key| {
                let digest = Base64UrlUnpadded::encode_string(key.digest.as_bytes());
                let name = format!("{}s:{digest}", family(&prefix, &key.family));
                command(servers, &["SET", &name, "garbage", "PX", "600000"]);
            })
            .with_index_loss(move |owner| {
                command(servers, &["DEL", &format!("{}i", family(&lost, owner))]);
            }))
    }

    async fn join(&self, place: &str) -> Result<Opened, OpenError> {
        opened(place)
    }

    async fn open_behind_proxy(&self) -> Result<(Opened, Box<dyn Network>), OpenError> {
        let (url, servers) = (self.find)()?;
        // Sentinels and nodes of a cluster send their clients to addresses that lead around any proxy.
        let [server] = servers else {
            return Err(OpenError::no_proxy(ANNOUNCED));
        };
        let host = server.address().to_string();
        if !url.contains(&host) {
            return Err(OpenError::no_proxy(ANNOUNCED));
        }
        let proxy = away(server.address())?;
        let prefix = format!("case{}_", self.opened.fetch_add(1, Ordering::Relaxed));
        let url =
            as_least_privileged(&url, servers, &prefix)?.replacen(&host, &proxy.address().to_string(), 1);
        let mut store = RedisStore::builder(&url).prefix(&prefix);
        let far = distance();
        if !far.is_zero() {
            // The usual limits and what so far away must be added: a connection takes several round trips.
            store = store.connect_timeout(Duration::from_millis(500) + far * 10);
            store = store.response_timeout(Duration::from_millis(500) + far * 10);
            store = store.budget(Duration::from_secs(1) + far * 40);
        }
        let opened = Opened::both(store.clone().build()?, store.build_blocking()?);
        Ok((opened.at_distance(), Box::new(proxy)))
    }

    fn claims(&self) -> Claims {
        // As in the README.
        let budget = Errand::ALL.iter().map(|errand| match errand {
            Errand::List | Errand::RevokeOne | Errand::RevokeFifty | Errand::CreateEvicting => (*errand, 2),
            Errand::Sweep => (*errand, 0),
            _ => (*errand, 1),
        });
        let claims = Claims::everything()
            .native_expiry()
            .budget(budget)
            .without(Means::Clock, "the clock of a Redis is that of its machine")
            .without(Means::Count, "a Redis hides what has expired, and an owner's index stays for an hour");
        match self.name {
            "sentinel" | "cluster" => claims.without(Means::Proxy, ANNOUNCED),
            _ => claims,
        }
    }
}

/// A proxy that puts the server as far away as the run asks for.
fn away(server: SocketAddr) -> io::Result<Proxy> {
    let proxy = Proxy::start(server)?;
    proxy.set_distance(distance());
    Ok(proxy)
}

/// Opens a store by its prefix and the URL of its server.
fn opened(place: &str) -> Result<Opened, OpenError> {
    let (prefix, url) = place.split_once(' ').ok_or("a place is a prefix and a URL")?;
    // A machine that runs hundreds of cases at a time is slow.
    let patient = RedisStore::builder(url).prefix(prefix).budget(Duration::from_secs(30));
    let patient = patient.connect_timeout(Duration::from_secs(5)).response_timeout(Duration::from_secs(10));
    Ok(Opened::both(patient.clone().build()?, patient.build_blocking()?))
}

fn as_least_privileged(url: &str, servers: &[RedisServer], prefix: &str) -> Result<String, OpenError> {
    if servers.is_empty() {
        return Ok(url.to_owned());
    }
    let user = format!("user_of_{prefix}");
    let rules = acl_rules(prefix);
    let line: Vec<&str> =
        ["ACL", "SETUSER", &user, "on", ">secret"].into_iter().chain(rules.split(' ')).collect();
    for server in servers {
        server.command(&line)?;
    }
    Ok(url.replacen("://", &format!("://{user}:secret@"), 1))
}

/// Has it done by the one server that has the key.
fn command(servers: &[RedisServer], words: &[&str]) {
    let done = servers.iter().any(|server| server.command(words).is_ok());
    assert!(done, "no server did {words:?}");
}

fn family(prefix: &str, family: &Family) -> String {
    format!("{prefix}{{{}}}", Base64UrlUnpadded::encode_string(family.as_bytes()))
}
