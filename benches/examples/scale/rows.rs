use std::{fmt::Write as _, ops::Range, time::SystemTime};

use mysql_async::{Pool, prelude::Queryable as _};
use session_core::id::StoreKey;

use crate::fill::{DEVICES, OWNED, RECORD, TTL, key, revision};

/// Rows written by SQL, thousands in one statement, with the same content as those of the store.
pub(crate) struct Rows {
    pool: Pool,
}

impl Rows {
    const AT_ONCE: u64 = 4;
    const STATEMENT: u64 = 2000;

    pub(crate) fn new(url: &str) -> Self {
        Self { pool: Pool::new(url) }
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
                let (pool, numbers) = (self.pool.clone(), numbers.clone());
                tokio::spawn(async move {
                    let mut connection = pool.get_conn().await.unwrap();
                    let starts = numbers.clone().step_by(Self::STATEMENT as usize);
                    for start in starts.skip(task as usize).step_by(Self::AT_ONCE as usize) {
                        let part = start..(start + Self::STATEMENT).min(numbers.end);
                        connection.query_drop(statement(part, ttl)).await.unwrap();
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    }
}

fn statement(numbers: Range<u64>, ttl: i64) -> String {
    // Also the server's clock, because it runs on this machine.
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_millis() as i64;
    let mut text = String::from("INSERT INTO alo_session VALUES ");
    for number in numbers {
        let StoreKey { family, digest } = key(number);
        let (family, digest, owned) = (hex(family.as_bytes()), hex(digest.as_bytes()), family.is_owned());
        // The row that an owner's operations lock, with the age of the youngest session.
        if owned && (number / OWNED).is_multiple_of(DEVICES) {
            let (born, until, lock) = (now + DEVICES as i64, now + 86_400_000, hex(&[0; 32]));
            write!(text, "({family},{lock},'',0,{born},{until},0,''),").unwrap();
        }
        let born = if owned { now + (number / OWNED % DEVICES) as i64 } else { now };
        let (revision, until) = (hex(revision(number).as_bytes()), now + ttl);
        let data = format!("REPEAT({},{})", hex(&RECORD[..1]), RECORD.len());
        write!(text, "({family},{digest},{revision},{},{born},{until},0,{data}),", u8::from(owned)).unwrap();
    }
    text.pop();
    text
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold("0x".to_owned(), |text, byte| text + &format!("{byte:02x}"))
}
