//! Loads from a master that sentinels name, in turn while they answer and while they swallow all packets: how many a second, and
//! how many failed. The master itself is well all the time.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a program for the eyes of a developer")]

use std::{
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{BlockingStore, Revision, Store, Write},
};
use session_redis::{RedisStore, blocking};
use session_testservers::{
    SentinelTrio,
    proxy::{Mode, Proxy},
};
use tokio::runtime::Runtime;

const CALLERS: usize = 16;
const ROUND: Duration = Duration::from_secs(4);

fn main() {
    let trio = SentinelTrio::start().unwrap();
    let proxies: Vec<Proxy> =
        trio.sentinels().iter().map(|sentinel| Proxy::start(sentinel.address()).unwrap()).collect();
    let addresses: Vec<String> = proxies.iter().map(|proxy| proxy.address().to_string()).collect();
    let url = format!("redis+sentinel://{}/{}", addresses.join(","), SentinelTrio::MASTER_NAME);
    let runtime = Runtime::new().unwrap();
    let nonblocking = RedisStore::connect(&url).unwrap();
    let blocking = blocking::RedisStore::connect(&url).unwrap();
    let digest = Digest::from_bytes([7; 32]);
    let key = StoreKey { family: Family::anonymous(&digest), digest };
    let write = Write { next: Revision::from_bytes([1; 16]), data: &[1; 400], ttl: Duration::from_hours(1) };
    BlockingStore::create(&blocking, &key, write, None).unwrap();
    for round in 0..6 {
        let (mode, name) = if round % 2 == 0 { (Mode::Pass, "well") } else { (Mode::Stall, "silent") };
        proxies.iter().for_each(|proxy| proxy.set(mode));
        let asynchronous =
            run(|| runtime.block_on(Store::load(&nonblocking, &key)).is_ok_and(|found| found.is_some()));
        let threads = run(|| BlockingStore::load(&blocking, &key).is_ok_and(|found| found.is_some()));
        println!("sentinels {name}: asynchronous {asynchronous}, blocking {threads}");
    }
}

/// Has all callers load for one round.
fn run(load: impl Fn() -> bool + Sync) -> String {
    let (loaded, failed, longest) = (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0));
    let began = Instant::now();
    thread::scope(|scope| {
        for _ in 0..CALLERS {
            scope.spawn(|| {
                while began.elapsed() < ROUND {
                    let start = Instant::now();
                    let count = if load() { &loaded } else { &failed };
                    count.fetch_add(1, Ordering::Relaxed);
                    let took = u64::try_from(start.elapsed().as_micros()).unwrap();
                    longest.fetch_max(took, Ordering::Relaxed);
                }
            });
        }
    });
    let [loaded, failed, longest] = [loaded, failed, longest].map(AtomicU64::into_inner);
    format!("{} a second, {failed} failed, the longest {longest} us", loaded / ROUND.as_secs())
}
