use std::{error::Error, fmt, str::FromStr};

use alo_session::{MemoryStore, MysqlStore, RedisStore, store::AnyStore};

/// Where sessions are kept.
#[derive(Clone, PartialEq, Eq)]
pub enum StoreChoice {
    /// In the memory of this process.
    Memory,
    /// In the Redis or Valkey server at this URL, which may have a password in it.
    Redis(String),
    /// In the MySQL or MariaDB server at this URL, which may have a password in it. Makes the table if there is none.
    Mysql(String),
}

impl StoreChoice {
    /// Opens the store. Its server may still be down.
    ///
    /// # Errors
    /// If the URL cannot be read.
    pub fn open(&self) -> Result<AnyStore, Box<dyn Error>> {
        Ok(match self {
            Self::Memory => AnyStore::new(MemoryStore::new()),
            Self::Redis(url) => AnyStore::new(RedisStore::connect(url)?),
            Self::Mysql(url) => AnyStore::new(MysqlStore::builder(url).create_table_if_missing().build()?),
        })
    }
}

impl FromStr for StoreChoice {
    type Err = String;

    fn from_str(store: &str) -> Result<Self, String> {
        let scheme = store.split_once("://").map(|(scheme, _)| scheme);
        match scheme {
            None if store == "memory" => Ok(Self::Memory),
            Some(scheme) if scheme.starts_with("redis") => Ok(Self::Redis(store.to_owned())),
            Some("mysql" | "mariadb") => Ok(Self::Mysql(store.to_owned())),
            _ => Err("must be `memory` or the URL of a server, `redis://…` or `mysql://…`".to_owned()),
        }
    }
}

/// Says what happens to the sessions, without the URL.
impl fmt::Display for StoreChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Memory => "Sessions are kept in memory: they end with this program.",
            Self::Redis(_) => "Sessions are kept in Redis: they outlive this program.",
            Self::Mysql(_) => "Sessions are kept in MySQL: they outlive this program.",
        })
    }
}

impl fmt::Debug for StoreChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Memory => "Memory",
            Self::Redis(_) => "Redis(..)",
            Self::Mysql(_) => "Mysql(..)",
        })
    }
}
