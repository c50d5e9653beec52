use std::time::Duration;

use session_core::store::AnyStore;
use session_mysql::{MysqlStore, Schema};
use session_redis::RedisStore;
use session_testkit::servers::{MariaDb, RedisServer};

/// A server with nothing else to do, and a store on it.
pub(crate) enum Backend {
    Redis(RedisServer),
    Mysql(MariaDb),
}

impl Backend {
    pub(crate) fn start(kind: &str) -> Self {
        match kind {
            "redis" => Self::Redis(RedisServer::start().unwrap()),
            "mysql" => {
                // As large as the data, as an operator would have it; a flush a second, so that it is not the disk that is
                // measured.
                let builder = MariaDb::builder().config("innodb_buffer_pool_size=4G");
                let server = builder.config("innodb_flush_log_at_trx_commit=2").start().unwrap();
                server.sql(&Schema::new("alo_session").unwrap().create_table()).unwrap();
                Self::Mysql(server)
            }
            _ => panic!("there is: redis, mysql"),
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
            Self::Mysql(server) => {
                let builder = MysqlStore::builder(&server.url()).pool_size(16).connect_timeout(patience);
                AnyStore::new(builder.budget(patience).response_timeout(patience).build().unwrap())
            }
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
            Self::Mysql(server) => {
                let sizes = "SELECT data_length+index_length FROM information_schema.tables WHERE table_name='alo_session'";
                server
                    .sql(&format!("ANALYZE TABLE alo_session; {sizes}"))
                    .unwrap()
                    .lines()
                    .last()
                    .unwrap()
                    .parse()
                    .unwrap()
            }
        }
    }

    /// Processor time of the server so far.
    pub(crate) fn cpu(&self) -> Duration {
        let id = match self {
            Self::Redis(server) => server.process_id(),
            Self::Mysql(server) => server.process_id(),
        };
        // Fields 14 and 15 of the line, counted behind the name in brackets; a hundredth of a second each.
        let line = std::fs::read_to_string(format!("/proc/{}/stat", id.unwrap())).unwrap();
        let fields = line.rsplit_once(')').unwrap().1.split_whitespace();
        let ticks: u64 = fields.skip(11).take(2).map(|field| field.parse::<u64>().unwrap()).sum();
        Duration::from_millis(ticks * 10)
    }
}
