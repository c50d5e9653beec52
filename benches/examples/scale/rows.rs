use std::{fmt::Write as _, ops::Range, time::SystemTime};

use mysql_async::{Pool, prelude::Queryable as _};
use session_core::id::StoreKey;
use tokio_postgres::NoTls;

use crate::fill::{DEVICES, OWNED, RECORD, TTL, key, revision};

/// Rows written by SQL, thousands in one statement, with the same content as those of the store.
pub(crate) struct Rows {
    server: Server,
}

#[derive(Clone)]
enum Server {
    Mysql(Pool),
    Postgres(String),
}

impl Rows {
    const AT_ONCE: u64 = 4;
    const STATEMENT: u64 = 2000;

    pub(crate) fn of_mysql(url: &str) -> Self {
        Self { server: Server::Mysql(Pool::new(url)) }
    }

    pub(crate) fn of_postgres(url: String) -> Self {
        Self { server: Server::Postgres(url) }
    }

    /// Inserts live sessions.
    pub(crate) async fn insert(&self, numbers: Range<u64>) {
        self.write(numbers, i64::try_from(TTL.as_millis()).unwrap()).await;
    }

    /// Inserts expired sessions.
    pub(crate) async fn insert_expired(&self, numbers: Range<u64>) {
        self.write(numbers, -1000).await;
    }

    async fn write(&self, numbers: Range<u64>, ttl: i64) {
        let tasks: Vec<_> = (0..Self::AT_ONCE)
            .map(|task| {
                let (server, numbers) = (self.server.clone(), numbers.clone());
                tokio::spawn(async move {
                    let starts = numbers.clone().step_by(Self::STATEMENT as usize);
                    let starts = starts.skip(task as usize).step_by(Self::AT_ONCE as usize);
                    server
                        .execute(starts.map(|start| (start..(start + Self::STATEMENT).min(numbers.end), ttl)))
                        .await;
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    }
}

impl Server {
    /// Executes a statement for each part, on one connection.
    async fn execute(&self, parts: impl Iterator<Item = (Range<u64>, i64)>) {
        match self {
            Self::Mysql(pool) => {
                let mut connection = pool.get_conn().await.unwrap();
                for (part, ttl) in parts {
                    connection.query_drop(statement(part, ttl, |hex| format!("0x{hex}"))).await.unwrap();
                }
            }
            Self::Postgres(url) => {
                let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
                let connection = tokio::spawn(connection);
                for (part, ttl) in parts {
                    let statement = statement(part, ttl, |hex| format!("'\\x{hex}'"));
                    client.batch_execute(&statement).await.unwrap();
                }
                drop(client);
                connection.await.unwrap().unwrap();
            }
        }
    }
}

/// `bytes` makes a literal of hexadecimal digits.
fn statement(numbers: Range<u64>, ttl: i64, bytes: impl Fn(&str) -> String) -> String {
    let literal = |of: &[u8]| bytes(&hex(of));
    // Also the server's clock, because it runs on this machine.
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_millis() as i64;
    let mut text = String::from(
        "INSERT INTO alo_session (family,digest,revision,owned,created_at,expires_at,mark,data) VALUES ",
    );
    let data = literal(&RECORD);
    for number in numbers {
        let StoreKey { family, digest } = key(number);
        let (family, digest, owned) =
            (literal(family.as_bytes()), literal(digest.as_bytes()), family.is_owned());
        // The row that an owner's operations lock, with the age of the youngest session.
        if owned && (number / OWNED).is_multiple_of(DEVICES) {
            let (born, until, lock) = (now + DEVICES as i64, now + 86_400_000, literal(&[0; 32]));
            write!(text, "({family},{lock},'',0,{born},{until},0,''),").unwrap();
        }
        let born = if owned { now + (number / OWNED % DEVICES) as i64 } else { now };
        let (revision, until) = (literal(revision(number).as_bytes()), now + ttl);
        write!(text, "({family},{digest},{revision},{},{born},{until},0,{data}),", u8::from(owned)).unwrap();
    }
    text.pop();
    text
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
