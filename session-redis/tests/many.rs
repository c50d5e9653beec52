//! An owner of very many sessions: ended by one call, in steps that let all others through. Prints the longest command.
//!
//! 20,000 sessions by default; `SESSION_TEST_LONG=1` makes it 100,000.

#![cfg(feature = "blocking")]
#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "test code that prints its figures"
)]

use std::{
    collections::BTreeSet,
    num::NonZeroU32,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{BlockingStore as _, Cap, CreateOutcome, OnFull, Page, Revision, Write},
};
use session_redis::blocking::RedisStore;
use session_testservers::{RedisServer, Reply, load::is_long};

const STEP: u64 = 1000;
const DATA: [u8; 200] = [7; 200];

fn many() -> u32 {
    if is_long() { 100_000 } else { 20_000 }
}

fn digest(number: u32) -> Digest {
    let mut bytes = [0; 32];
    bytes[..4].copy_from_slice(&number.to_be_bytes());
    Digest::from_bytes(bytes)
}

fn write() -> Write<'static> {
    Write { next: Revision::from_bytes([7; 16]), data: &DATA, ttl: Duration::from_hours(1) }
}

fn fill(store: &RedisStore, family: Family) {
    thread::scope(|scope| {
        for thread in 0..8 {
            scope.spawn(move || {
                for number in (0..many()).filter(|number| number % 8 == thread) {
                    store.create(&StoreKey { family, digest: digest(number) }, write(), None).unwrap();
                }
            });
        }
    });
}

/// How often the server carried out a command since the statistics were reset.
fn calls(server: &RedisServer, command: &str) -> u64 {
    let statistics = server.command(&["INFO", "commandstats"]).unwrap().text();
    let line = statistics.lines().find_map(|line| line.strip_prefix(&format!("cmdstat_{command}:calls=")));
    line.and_then(|line| line.split(',').next()).map_or(0, |calls| calls.parse().unwrap())
}

/// How many microseconds such a command takes on average.
fn average(server: &RedisServer, command: &str) -> f64 {
    let statistics = server.command(&["INFO", "commandstats"]).unwrap().text();
    let line = statistics.lines().find(|line| line.starts_with(&format!("cmdstat_{command}:")));
    let micros = line.and_then(|line| line.split("usec_per_call=").nth(1)?.split(',').next()?.parse().ok());
    micros.unwrap_or_default()
}

/// The longest command since the log was reset, and for how many microseconds it held up all others.
fn longest(server: &RedisServer) -> (i64, String) {
    let Reply::List(entries) = server.command(&["SLOWLOG", "GET", "100000"]).unwrap() else { panic!() };
    let entries = entries.into_iter().map(|entry| match entry {
        Reply::List(parts) => match &parts[..] {
            [_, _, Reply::Integer(micros), Reply::List(words), ..] => (*micros, words[0].text()),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    });
    entries.filter(|(_, command)| command != "SLOWLOG").max().unwrap()
}

/// What loads of another session take while `work` is done, the 99th percentile.
fn others(store: &RedisStore, work: impl FnOnce()) -> Duration {
    let key = StoreKey { family: Family::of_owner("bob", None), digest: digest(0) };
    let ended = AtomicBool::new(false);
    thread::scope(|scope| {
        let loads = scope.spawn(|| {
            let mut took = Vec::new();
            while !ended.load(Ordering::Relaxed) {
                let began = Instant::now();
                store.load(&key).unwrap().unwrap();
                took.push(began.elapsed());
            }
            took.sort();
            took[took.len() * 99 / 100]
        });
        work();
        ended.store(true, Ordering::Relaxed);
        loads.join().unwrap()
    })
}

fn measured(what: &str, server: &RedisServer, store: &RedisStore, work: impl FnOnce() + Send) {
    let quiet = others(store, || thread::sleep(Duration::from_millis(300)));
    for words in [
        &["CONFIG", "RESETSTAT"][..],
        &["CONFIG", "SET", "slowlog-log-slower-than", "0"],
        &["SLOWLOG", "RESET"],
    ] {
        server.command(words).unwrap();
    }
    let began = Instant::now();
    let busy = others(store, work);
    let (micros, command) = longest(server);
    println!(
        "{what}: {:?}; longest command {command} {micros} us, on average EVALSHA {} us, UNLINK {} us, ZREM {} us; others' \
         99th percentile {:.1} times as long",
        began.elapsed(),
        average(server, "evalsha"),
        average(server, "unlink"),
        average(server, "zrem"),
        busy.as_secs_f64() / quiet.as_secs_f64()
    );
}

#[test]
fn one_call_ends_them_all_and_no_step_works_on_more_than_a_thousand() {
    let server = RedisServer::builder().config("slowlog-max-len 100000").start().unwrap();
    let store = RedisStore::connect(&server.url()).unwrap();
    store
        .create(&StoreKey { family: Family::of_owner("bob", None), digest: digest(0) }, write(), None)
        .unwrap();
    let family = Family::of_owner("ada", None);
    let steps = u64::from(many()).div_ceil(STEP);

    fill(&store, family);
    measured(&format!("{} sessions, end of all", many()), &server, &store, || {
        assert_eq!(store.revoke(&family, None).unwrap(), u64::from(many()));
    });
    assert_eq!((calls(&server, "evalsha"), calls(&server, "unlink")), (1, steps));
    let left = server.command(&["DBSIZE"]).unwrap().text();
    assert_eq!(left, "4", "a mark, and a session with index and mark");

    // A limit that is switched on later.
    fill(&store, family);
    let key = StoreKey { family, digest: digest(u32::MAX) };
    let cap = Some(Cap { max: NonZeroU32::new(10).unwrap(), on_full: OnFull::EvictOldest });
    let mut gone = Vec::new();
    measured(&format!("{} sessions, sign-in under a limit of 10", many()), &server, &store, || {
        let CreateOutcome::Created { evicted } = store.create(&key, write(), cap).unwrap() else { panic!() };
        gone = evicted;
    });
    assert_eq!(calls(&server, "evalsha"), 1);
    let listed = store.list(&family, Page::default()).unwrap().sessions;
    let left: BTreeSet<_> = listed.into_iter().map(|(digest, _)| digest).collect();
    assert_eq!((left.len(), gone.len()), (10, many() as usize - 9));
    assert!(left.contains(&key.digest) && gone.iter().all(|digest| !left.contains(digest)));
    assert_eq!(gone.into_iter().chain(left).collect::<BTreeSet<_>>().len(), many() as usize + 1);
}

#[test]
fn sessions_that_expired_are_taken_off_an_index_in_steps() {
    let server = RedisServer::start().unwrap();
    let store = RedisStore::connect(&server.url()).unwrap();
    let family = Family::of_owner("ada", None);
    for number in 0..5 {
        store.create(&StoreKey { family, digest: digest(number) }, write(), None).unwrap();
    }
    // So many that ended a day ago and five that live, newer than those.
    let index = server.command(&["KEYS", "*i"]).unwrap().text();
    let script = "for n = 1, ARGV[1] do local d = string.format('%032d', n) \
        redis.call('ZADD', KEYS[1], 1700000000000, 'd' .. d, 1000000000000000 + n, 's' .. d) end";
    server.command(&["EVAL", script, "1", index.trim(), "3500"]).unwrap();
    let entries = || server.command(&["ZCARD", index.trim()]).unwrap().text();
    assert_eq!(entries(), "7010");
    let create = |number, cap| {
        let key = StoreKey { family, digest: digest(number) };
        store.create(&key, write(), cap).unwrap()
    };
    // Without a limit each sign-in cleans up one step.
    assert_eq!(create(5, None), CreateOutcome::Created { evicted: Vec::new() });
    assert_eq!(entries(), (2 * (3500 - STEP + 6)).to_string());
    server.command(&["CONFIG", "RESETSTAT"]).unwrap();
    let cap = Some(Cap { max: NonZeroU32::new(6).unwrap(), on_full: OnFull::EvictOldest });
    assert_eq!(create(6, cap), CreateOutcome::Created { evicted: vec![digest(0)] });
    assert_eq!((entries(), calls(&server, "evalsha")), ("12".to_owned(), 3));
    assert_eq!(store.revoke(&family, None).unwrap(), 6);
}
