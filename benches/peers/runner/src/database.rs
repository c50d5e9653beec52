use std::{collections::BTreeMap, time::Duration};

use session_testservers::{MariaDb, Postgres, RedisServer};

use crate::{Kind, processor_time, processor_time_of_all, sqlite_file::SqliteFile};

/// A server of a contender's own, or none.
#[derive(Debug)]
pub enum Database {
    /// The contender has no need of one.
    None,
    /// Without any persistence.
    Redis(RedisServer),
    /// With its log written to the disc once a second: the disc is not what is measured.
    Mysql(MariaDb),
    /// Without a server: its work is the program's.
    Sqlite(SqliteFile),
    /// The same.
    Postgres(Postgres),
}

impl Database {
    /// Starts what this kind of store needs.
    #[must_use]
    pub fn start(kind: Kind) -> Self {
        match kind {
            Kind::None | Kind::Memory => Self::None,
            Kind::Redis => Self::Redis(RedisServer::start().unwrap()),
            Kind::Mysql => {
                let builder = MariaDb::builder().config("innodb_flush_log_at_trx_commit=2");
                Self::Mysql(builder.config("innodb-buffer-pool-size=512M").start().unwrap())
            }
            Kind::Sqlite => Self::Sqlite(SqliteFile::new()),
            Kind::Postgres => {
                let builder = Postgres::builder().config("synchronous_commit=off");
                Self::Postgres(builder.config("shared_buffers=512MB").start().unwrap())
            }
        }
    }

    /// The same, but what was written outlives the end of the server.
    #[must_use]
    pub fn start_lasting(kind: Kind) -> Self {
        match kind {
            Kind::Redis => Self::Redis(RedisServer::builder().config("appendonly yes").start().unwrap()),
            other => Self::start(other),
        }
    }

    /// Ends the server on the spot.
    pub fn kill(&self) {
        match self {
            Self::None | Self::Sqlite(_) => {}
            Self::Redis(server) => server.kill().unwrap(),
            Self::Mysql(server) => server.kill().unwrap(),
            Self::Postgres(server) => server.kill().unwrap(),
        }
    }

    /// Starts it again, at the same address and with the same data.
    pub fn restart(&self) {
        match self {
            Self::None | Self::Sqlite(_) => {}
            Self::Redis(server) => server.restart().unwrap(),
            Self::Mysql(server) => server.restart().unwrap(),
            Self::Postgres(server) => server.restart().unwrap(),
        }
    }

    /// Everything that somebody who may read it would see.
    #[must_use]
    pub fn content(&self) -> String {
        match self {
            Self::None => String::new(),
            Self::Redis(server) => {
                let keys = server.command(&["KEYS", "*"]).unwrap().text();
                let values = keys.lines().map(|key| server.command(&["GET", key]).unwrap().text());
                values.fold(keys.clone(), |content, value| content + "\n" + &value)
            }
            Self::Mysql(server) => {
                let rows = |table: String| server.sql(&format!("SELECT * FROM {table}")).unwrap();
                tables(server).into_iter().map(rows).collect()
            }
            Self::Sqlite(file) => file.content(),
            Self::Postgres(server) => {
                let rows = |table: String| server.sql(&format!("SELECT * FROM {table}")).unwrap();
                relations(server).into_iter().map(rows).collect()
            }
        }
    }

    /// How many records there are.
    #[must_use]
    pub fn records(&self) -> u64 {
        match self {
            Self::None => 0,
            Self::Redis(server) => server.command(&["DBSIZE"]).unwrap().text().parse().unwrap(),
            Self::Mysql(server) => {
                let count = |table: String| server.sql(&format!("SELECT COUNT(*) FROM {table}")).unwrap();
                tables(server).into_iter().map(|table| count(table).trim().parse::<u64>().unwrap()).sum()
            }
            Self::Sqlite(file) => file.records(),
            Self::Postgres(server) => {
                let count = |table: String| server.sql(&format!("SELECT COUNT(*) FROM {table}")).unwrap();
                relations(server).into_iter().map(|table| count(table).trim().parse::<u64>().unwrap()).sum()
            }
        }
    }

    /// What the server uses for all that it holds: `used_memory`, or the pages of data and indexes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        match self {
            Self::None => 0,
            Self::Redis(server) => {
                let info = server.command(&["INFO", "memory"]).unwrap().text();
                let used = info.lines().find_map(|line| line.strip_prefix("used_memory:"));
                used.unwrap().trim().parse().unwrap()
            }
            Self::Mysql(server) => {
                let bytes = |table: String| {
                    let (schema, name) = table.split_once('.').unwrap();
                    let size = "SELECT data_length+index_length FROM information_schema.tables";
                    let wanted = format!("table_schema='{schema}' AND table_name='{name}'");
                    let answer =
                        server.sql(&format!("ANALYZE TABLE {table}; {size} WHERE {wanted}")).unwrap();
                    answer.lines().last().unwrap().parse::<u64>().unwrap()
                };
                tables(server).into_iter().map(bytes).sum()
            }
            Self::Sqlite(file) => file.bytes(),
            Self::Postgres(server) => {
                let bytes = |table: String| {
                    let size = format!("SELECT pg_total_relation_size('{table}')");
                    server.sql(&size).unwrap().trim().parse::<u64>().unwrap()
                };
                relations(server).into_iter().map(bytes).sum()
            }
        }
    }

    /// What the store connects to.
    #[must_use]
    pub fn url(&self) -> String {
        match self {
            Self::None => String::new(),
            Self::Redis(server) => server.url(),
            Self::Mysql(server) => server.url(),
            Self::Sqlite(file) => file.url(),
            Self::Postgres(server) => server.url(),
        }
    }

    /// Processor time so far.
    #[must_use]
    pub fn cpu(&self) -> Duration {
        let id = match self {
            Self::None | Self::Sqlite(_) => return Duration::ZERO,
            Self::Redis(server) => server.process_id(),
            Self::Mysql(server) => server.process_id(),
            Self::Postgres(server) => return processor_time_of_all(server.process_id().unwrap()),
        };
        processor_time(id.unwrap())
    }

    /// How often each command was run so far. One that a script runs counts as well; `reads` is how often there was
    /// something to read on a connection, which one request after the other makes the number of round trips.
    #[must_use]
    pub fn commands(&self) -> BTreeMap<String, u64> {
        match self {
            Self::None | Self::Sqlite(_) => BTreeMap::new(),
            Self::Redis(server) => {
                let info = server.command(&["INFO", "all"]).unwrap().text();
                let mut commands: BTreeMap<String, u64> = info.lines().filter_map(command).collect();
                let reads = info.lines().find_map(|line| line.strip_prefix("total_reads_processed:"));
                commands.insert("reads".to_owned(), reads.unwrap().trim().parse().unwrap());
                commands
            }
            Self::Mysql(server) => {
                let text = server.sql("SHOW GLOBAL STATUS").unwrap();
                let lines = text.lines().filter_map(|line| line.split_once('\t'));
                let wanted = lines.filter(|(name, _)| *name == "Questions" || name.starts_with("Com_"));
                wanted.map(|(name, count)| (name.to_owned(), count.parse().unwrap_or(0))).collect()
            }
            // It counts transactions, and a statement outside of one is one.
            Self::Postgres(server) => {
                let count = server.sql("SELECT sum(xact_commit) FROM pg_stat_database").unwrap();
                BTreeMap::from([("transactions".to_owned(), count.trim().parse().unwrap_or(0))])
            }
        }
    }

    /// What it calls itself.
    #[must_use]
    pub fn version(&self) -> String {
        match self {
            Self::None => String::new(),
            Self::Redis(server) => {
                let info = server.command(&["INFO", "server"]).unwrap().text();
                let version = info.lines().find_map(|line| line.strip_prefix("redis_version:"));
                format!("Redis {}", version.unwrap().trim())
            }
            Self::Mysql(server) => format!("MariaDB {}", server.sql("SELECT VERSION()").unwrap().trim()),
            Self::Sqlite(_) => format!("SQLite {}", rusqlite::version()),
            Self::Postgres(server) => {
                format!("PostgreSQL {}", server.sql("SHOW server_version").unwrap().trim())
            }
        }
    }
}

/// `cmdstat_get:calls=200,usec=...`
fn command(line: &str) -> Option<(String, u64)> {
    let (name, rest) = line.strip_prefix("cmdstat_")?.split_once(":calls=")?;
    let calls = rest.split(',').next()?.parse().ok()?;
    Some((name.to_owned(), calls))
}

fn tables(server: &MariaDb) -> Vec<String> {
    let wanted = "SELECT CONCAT(table_schema, '.', table_name) FROM information_schema.tables WHERE table_schema NOT \
                  IN ('information_schema', 'mysql', 'performance_schema', 'sys')";
    server.sql(wanted).unwrap().lines().map(str::to_owned).collect()
}

fn relations(server: &Postgres) -> Vec<String> {
    let wanted = "SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname NOT IN ('information_schema', \
                  'pg_catalog')";
    server.sql(wanted).unwrap().lines().map(str::to_owned).collect()
}
