use std::time::Duration;

use session_core::store::AnyStore;
use session_redis::RedisStore;
use session_testkit::servers::RedisServer;

/// A server with nothing else to do, and a store on it.
pub(crate) enum Backend {
    Redis(RedisServer),
}

impl Backend {
    pub(crate) fn start(kind: &str) -> Self {
        match kind {
            "redis" => Self::Redis(RedisServer::start().unwrap()),
            _ => panic!("there is: redis"),
        }
    }

    pub(crate) fn store(&self) -> AnyStore {
        // The machine is busy on purpose: no operation shall fail for that.
        let patience = Duration::from_secs(30);
        match self {
            Self::Redis(server) => AnyStore::new(
                RedisStore::builder(&server.url())
                    .budget(patience)
                    .response_timeout(patience)
                    .build()
                    .unwrap(),
            ),
        }
    }

    /// What the server uses for its data.
    pub(crate) fn bytes(&self) -> u64 {
        match self {
            Self::Redis(server) => {
                let info = server.command(&["INFO", "memory"]).unwrap().text();
                let used = info.lines().find_map(|line| line.strip_prefix("used_memory:")).unwrap();
                used.trim().parse().unwrap()
            }
        }
    }

    /// Processor time of the server so far.
    pub(crate) fn cpu(&self) -> Duration {
        let id = match self {
            Self::Redis(server) => server.process_id(),
        };
        // Fields 14 and 15 of the line, counted behind the name in brackets; a hundredth of a second each.
        let line = std::fs::read_to_string(format!("/proc/{}/stat", id.unwrap())).unwrap();
        let fields = line.rsplit_once(')').unwrap().1.split_whitespace();
        let ticks: u64 = fields.skip(11).take(2).map(|field| field.parse::<u64>().unwrap()).sum();
        Duration::from_millis(ticks * 10)
    }
}
