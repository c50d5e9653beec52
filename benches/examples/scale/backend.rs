use std::{
    ops::Range,
    time::{Duration, SystemTime},
};

use session_core::store::{AnyStore, Store as _};
use session_mysql::MysqlStore;
use session_postgres::PostgresStore;
use session_redis::RedisStore;
use session_testservers::{MariaDb, Postgres, RedisServer};

use crate::{
    fill::{at_once, key, record, revision},
    rows::Rows,
    sqlite_file::SqliteFile,
};

/// A private server or a file, and a store on it.
pub(crate) enum Backend {
    Redis(RedisServer),
    Mysql(MariaDb),
    Postgres(Postgres),
    Sqlite(SqliteFile),
}

impl Backend {
    /// Starts a server with room for a number of sessions.
    pub(crate) fn start(kind: &str, sessions: u64) -> Self {
        match kind {
            "redis" => Self::Redis(RedisServer::start().unwrap()),
            "mysql" => {
                // As large as the data, as an operator would set it; a flush each second and a long log, so that the disk
                // is not measured.
                let pool = 1024 + sessions * 1200 / (1 << 20);
                let config = [
                    format!("innodb_buffer_pool_size={pool}M"),
                    "innodb_log_file_size=2G".to_owned(),
                    "innodb_flush_log_at_trx_commit=2".to_owned(),
                ];
                let server =
                    config.into_iter().fold(MariaDb::builder(), |builder, line| builder.config(line));
                let server = server.start().unwrap();
                let schema = session_mysql::Schema::new("alo_session").unwrap();
                server.sql(&schema.create_table()).unwrap();
                Self::Mysql(server)
            }
            "postgres" => {
                let buffers = 512 + sessions * 1200 / (1 << 20);
                let config = [
                    format!("shared_buffers={buffers}MB"),
                    "max_wal_size=4GB".to_owned(),
                    "synchronous_commit=off".to_owned(),
                ];
                let server =
                    config.into_iter().fold(Postgres::builder(), |builder, line| builder.config(&line));
                let server = server.start().unwrap();
                let schema = session_postgres::Schema::new("alo_session").unwrap();
                server.sql(&schema.create_table()).unwrap();
                Self::Postgres(server)
            }
            "sqlite" => Self::Sqlite(SqliteFile::new()),
            _ => panic!("there is: redis, mysql, postgres, sqlite"),
        }
    }

    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Redis(_) => "Redis",
            Self::Mysql(_) => "MariaDB",
            Self::Postgres(_) => "PostgreSQL",
            Self::Sqlite(_) => "SQLite",
        }
    }

    pub(crate) fn store(&self) -> AnyStore {
        // The machine is busy on purpose, and no operation may fail because of it.
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
            Self::Postgres(server) => {
                let builder = PostgresStore::builder(&server.url()).pool_size(16).connect_timeout(patience);
                AnyStore::new(builder.budget(patience).response_timeout(patience).build().unwrap())
            }
            Self::Sqlite(file) => AnyStore::new(file.store().budget(patience).build().unwrap()),
        }
    }

    /// Writes rows by SQL, where the store is too slow for millions.
    pub(crate) fn rows(&self) -> Option<Rows> {
        match self {
            Self::Redis(_) | Self::Sqlite(_) => None,
            Self::Mysql(server) => Some(Rows::of_mysql(&server.url())),
            Self::Postgres(server) => Some(Rows::of_postgres(server.url())),
        }
    }

    /// Inserts expired sessions, or returns `false` on a server that removes them by itself.
    pub(crate) async fn insert_expired(&self, numbers: Range<u64>) -> bool {
        match self {
            Self::Redis(_) => return false,
            Self::Mysql(_) | Self::Postgres(_) => {
                if let Some(rows) = self.rows() {
                    rows.insert_expired(numbers).await;
                }
            }
            Self::Sqlite(file) => {
                let past = AnyStore::new(file.store().clock(|| SystemTime::UNIX_EPOCH).build().unwrap());
                let create = async |store: AnyStore, number| {
                    store.create(&key(number), record(revision(number)), None).await.unwrap();
                };
                at_once(numbers, &past, create).await;
            }
        }
        true
    }

    /// Returns the bytes that the server uses for its data, or the file has.
    pub(crate) fn bytes(&self) -> u64 {
        match self {
            Self::Sqlite(file) => file.bytes(),
            Self::Redis(server) => {
                let info = server.command(&["INFO", "memory"]).unwrap().text();
                let used = info.lines().find_map(|line| line.strip_prefix("used_memory:")).unwrap();
                used.trim().parse().unwrap()
            }
            Self::Mysql(server) => {
                let sizes = "SELECT data_length+index_length FROM information_schema.tables WHERE table_name='alo_session'";
                let answer = server.sql(&format!("ANALYZE TABLE alo_session; {sizes}")).unwrap();
                answer.lines().last().unwrap().parse().unwrap()
            }
            Self::Postgres(server) => {
                let size = server.sql("SELECT pg_total_relation_size('alo_session')").unwrap();
                size.trim().parse().unwrap()
            }
        }
    }

    /// Processor time of the server so far.
    pub(crate) fn cpu(&self) -> Duration {
        let id = match self {
            Self::Sqlite(_) => return Duration::ZERO,
            Self::Redis(server) => server.process_id(),
            Self::Mysql(server) => server.process_id(),
            Self::Postgres(server) => return processor_time_of_all(server.process_id().unwrap()),
        };
        processor_time(&id.unwrap().to_string())
    }
}

/// Processor time so far of a process and of its children; those that have ended count in hundredths of a second.
fn processor_time_of_all(process: u32) -> Duration {
    let children = std::fs::read_to_string(format!("/proc/{process}/task/{process}/children")).unwrap();
    let living = children.split_whitespace().map(processor_time).sum::<Duration>();
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let ended = stat.split_whitespace().skip(15).take(2).map(|ticks| ticks.parse::<u64>().unwrap());
    processor_time(&process.to_string()) + living + Duration::from_millis(10 * ended.sum::<u64>())
}

/// Processor time of the threads of a process so far, to the nanosecond; `/proc/ID/stat` counts hundredths of a second.
pub(crate) fn processor_time(process: &str) -> Duration {
    // A thread or a child may end before it is read.
    let threads = std::fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten();
    let lines =
        threads.filter_map(|thread| std::fs::read_to_string(thread.ok()?.path().join("schedstat")).ok());
    let times = lines.filter_map(|line| line.split(' ').next()?.parse::<u64>().ok());
    Duration::from_nanos(times.sum())
}
