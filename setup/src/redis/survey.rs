use std::{
    collections::BTreeMap,
    fmt,
    time::{Duration, Instant},
};

use redis::{Client, Connection, ConnectionAddr, RedisError};

use super::{Info, KeyCount};
use crate::args::RedisArgs;

/// What a server says about itself.
#[derive(Debug, Clone)]
pub(crate) struct Survey {
    pub(super) address: String,
    /// Whether other machines can reach the server by this address.
    pub(super) is_remote: bool,
    pub(super) is_encrypted: bool,
    pub(super) has_password: bool,
    pub(super) info: Info,
    /// The settings that matter, as far as the server tells them.
    pub(super) config: BTreeMap<&'static str, String>,
    pub(super) latency: Latency,
    /// `None` if they were not to be counted; an error if the user may not scan the keys.
    pub(super) keys: Option<Result<KeyCount, String>>,
}

/// How long the server takes to answer a trivial command.
#[derive(Debug, Clone, Copy)]
pub(super) struct Latency {
    pub(super) median: Duration,
    pub(super) slowest: Duration,
}

impl Survey {
    const TIMEOUT: Duration = Duration::from_secs(5);
    const SAMPLES: usize = 51;
    const SETTINGS: [&str; 6] =
        ["appendonly", "appendfsync", "save", "maxmemory", "maxmemory-policy", "min-replicas-to-write"];

    /// Asks the server. Writes nothing. An error is a sentence without the URL.
    pub(crate) fn of(args: &RedisArgs) -> Result<Self, String> {
        let client =
            Client::open(args.url.as_str()).map_err(|error| format!("the URL cannot be read: {error}"))?;
        let target = client.get_connection_info();
        let (address, is_encrypted) =
            (target.addr().to_string(), matches!(target.addr(), ConnectionAddr::TcpTls { .. }));
        let is_remote = match target.addr() {
            ConnectionAddr::Tcp(host, _) | ConnectionAddr::TcpTls { host, .. } => !is_loopback(host),
            _ => false,
        };
        let has_password = target.redis_settings().password().is_some();
        let mut connection =
            connect(&client).map_err(|error| format!("no connection to {address}: {error}"))?;
        let text: String = ask(&mut connection, "INFO", &[])?;
        Ok(Self {
            address,
            is_remote,
            is_encrypted,
            has_password,
            info: Info::parse(&text),
            config: settings(&mut connection),
            latency: Latency::of(&mut connection)?,
            keys: (!args.no_count)
                .then(|| KeyCount::under(&args.prefix, &mut connection).map_err(|error| error.to_string())),
        })
    }
}

fn connect(client: &Client) -> Result<Connection, RedisError> {
    let connection = client.get_connection_with_timeout(Survey::TIMEOUT)?;
    connection.set_read_timeout(Some(Survey::TIMEOUT))?;
    connection.set_write_timeout(Some(Survey::TIMEOUT))?;
    Ok(connection)
}

fn ask<T: redis::FromRedisValue>(
    connection: &mut Connection,
    command: &str,
    arguments: &[&str],
) -> Result<T, String> {
    let reply = redis::cmd(command).arg(arguments).query(connection);
    reply.map_err(|error| format!("`{command}` failed: {error}"))
}

/// Returns the settings that the server tells. Managed servers often refuse.
fn settings(connection: &mut Connection) -> BTreeMap<&'static str, String> {
    let mut settings = BTreeMap::new();
    for name in Survey::SETTINGS {
        let answer: Result<Vec<String>, _> = ask(connection, "CONFIG", &["GET", name]);
        if let Some(value) = answer.ok().and_then(|pair| pair.into_iter().nth(1)) {
            settings.insert(name, value);
        }
    }
    settings
}

impl Latency {
    fn of(connection: &mut Connection) -> Result<Self, String> {
        let mut taken = Vec::with_capacity(Survey::SAMPLES);
        for _ in 0..Survey::SAMPLES {
            let start = Instant::now();
            // Not PING, which the rules for a user of sessions do not allow.
            ask::<Vec<u64>>(connection, "TIME", &[])?;
            taken.push(start.elapsed());
        }
        taken.sort_unstable();
        let at = |index: usize| taken.get(index).copied().unwrap_or_default();
        Ok(Self { median: at(Survey::SAMPLES / 2), slowest: at(Survey::SAMPLES - 1) })
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

impl fmt::Display for Survey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.info.server() {
            Some((product, version)) => write!(f, "{product} {version}")?,
            None => f.write_str("A server that does not say its version")?,
        }
        write!(f, " at {}", self.address)?;
        let mode = self.info.get("redis_mode").or_else(|| self.info.get("server_mode"));
        if let (Some(mode), Some(role)) = (mode, self.info.get("role")) {
            write!(f, " ({mode}, {role})")?;
        }
        Ok(())
    }
}
