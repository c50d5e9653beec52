//! One owner of 10,000 sessions, or as many as the argument says, on a Redis and a MariaDB of its own: the time to read the
//! list in pages of a hundred and to end all, and the longest time that one command keeps other clients of Redis waiting.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a program for the eyes of a developer")]

use std::time::{Duration, Instant};

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{Page, Revision, Store, Write},
};
use session_mysql::{MysqlStore, Schema};
use session_redis::RedisStore;
use session_testservers::{MariaDb, RedisServer};
use tokio::runtime::Runtime;

fn main() {
    let count = std::env::args().nth(1).map_or(10_000, |count| count.parse().unwrap());
    let (redis, mysql) = (RedisServer::start().unwrap(), MariaDb::start().unwrap());
    // Logs every command with its time in microseconds.
    redis.command(&["CONFIG", "SET", "slowlog-log-slower-than", "0"]).unwrap();
    redis.command(&["CONFIG", "SET", "slowlog-max-len", "100000"]).unwrap();
    mysql.sql(&Schema::new("alo_session").unwrap().create_table()).unwrap();
    Runtime::new().unwrap().block_on(async {
        let forget = || redis.command(&["SLOWLOG", "RESET"]).map(drop).unwrap();
        let longest = || println!("  the longest command: {} us", longest(&redis));
        measure("Redis", &RedisStore::connect(&redis.url()).unwrap(), count, forget, longest).await;
        measure("MariaDB", &MysqlStore::connect(&mysql.url()).unwrap(), count, || {}, || {}).await;
    });
}

async fn measure(name: &str, store: &impl Store, count: u64, forget: impl Fn(), longest: impl Fn()) {
    let family = Family::of_owner("Ada", None);
    let write = Write { next: Revision::from_bytes([1; 16]), data: &[1; 400], ttl: Duration::from_hours(1) };
    for number in 1..=count {
        let mut digest = [0; 32];
        digest[..8].copy_from_slice(&number.to_be_bytes());
        let key = StoreKey { family, digest: Digest::from_bytes(digest) };
        store.create(&key, write, None).await.unwrap();
    }
    forget();
    let (start, mut page, mut pages, mut listed) = (Instant::now(), Page::default(), 0, 0);
    loop {
        let part = store.list(&family, page).await.unwrap();
        pages += 1;
        listed += part.sessions.len() as u64;
        page.after = part.next;
        if part.next.is_none() {
            break;
        }
    }
    assert_eq!(listed, count);
    println!("{name}: {listed} sessions listed in {pages} pages, {:?}", start.elapsed());
    longest();
    forget();
    let start = Instant::now();
    assert_eq!(store.revoke(&family, None).await.unwrap(), count);
    println!("{name}: all ended, {:?}", start.elapsed());
    longest();
}

fn longest(redis: &RedisServer) -> String {
    redis.command(&["EVAL", LONGEST, "0"]).unwrap().text()
}

const LONGEST: &str = "local most, name = 0, ''
for _, entry in ipairs(redis.call('SLOWLOG', 'GET', -1)) do
  if entry[3] > most and entry[4][1] ~= 'SLOWLOG' then most, name = entry[3], entry[4][1] end
end
return name .. ' ' .. most";
