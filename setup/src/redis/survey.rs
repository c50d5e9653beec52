use std::{
    collections::BTreeMap,
    fmt,
    time::{Duration, Instant},
};

use session_redis::maintenance::{Maintenance, MaintenanceError, Server};

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
    /// `None` if the user may not ask for the time.
    pub(super) latency: Option<Latency>,
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
    const SAMPLES: usize = 51;
    const SETTINGS: [&str; 6] =
        ["appendonly", "appendfsync", "save", "maxmemory", "maxmemory-policy", "min-replicas-to-write"];

    /// Asks the server. Writes nothing.
    pub(crate) fn of(
        maintenance: &Maintenance,
        server: &Server,
        args: &RedisArgs,
    ) -> Result<Self, MaintenanceError> {
        let keys = || KeyCount::under(&args.prefix, maintenance, server).map_err(|error| error.to_string());
        Ok(Self {
            address: server.to_string(),
            is_remote: !server.is_local(),
            is_encrypted: maintenance.is_encrypted(),
            has_password: maintenance.has_password(),
            info: info(maintenance, server)?,
            config: settings(maintenance, server),
            latency: Latency::of(maintenance, server),
            keys: args.scan.then(keys),
        })
    }
}

/// What the server tells of itself: nothing if this user may not ask, or a proxy does not know the command.
fn info(maintenance: &Maintenance, server: &Server) -> Result<Info, MaintenanceError> {
    match maintenance.ask(server, "INFO", &[]) {
        Err(error) if error.code().is_some() => Ok(Info::default()),
        answer => Ok(Info::parse(&answer?.text())),
    }
}

/// Returns the settings that the server tells. Managed servers often refuse.
fn settings(maintenance: &Maintenance, server: &Server) -> BTreeMap<&'static str, String> {
    let mut settings = BTreeMap::new();
    for name in Survey::SETTINGS {
        let answer = maintenance.ask(server, "CONFIG", &[b"GET", name.as_bytes()]);
        if let Some(value) = answer.ok().and_then(|pair| pair.parts().get(1).map(|value| value.text())) {
            settings.insert(name, value);
        }
    }
    settings
}

impl Latency {
    fn of(maintenance: &Maintenance, server: &Server) -> Option<Self> {
        let mut taken = Vec::with_capacity(Survey::SAMPLES);
        for _ in 0..Survey::SAMPLES {
            let start = Instant::now();
            // Not PING, which the rules for a user of sessions do not allow.
            maintenance.ask(server, "TIME", &[]).ok()?;
            taken.push(start.elapsed());
        }
        taken.sort_unstable();
        let at = |index: usize| taken.get(index).copied().unwrap_or_default();
        Some(Self { median: at(Survey::SAMPLES / 2), slowest: at(Survey::SAMPLES - 1) })
    }
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
