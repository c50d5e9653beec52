//! What is acknowledged stays, once, whatever happens to the server. Prints the figures.
//!
//! A short load by default; `SESSION_TEST_LONG=1` makes it 60 seconds with ten crashes, and 100,000 requests.

#![cfg(all(feature = "tokio", feature = "blocking"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "test code")]

use std::{thread, time::Duration};

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{BlockingStore as _, Revision, Write},
};
use session_redis::{RedisStore, blocking};
use session_testservers::{
    RedisCluster, RedisServer, SentinelTrio,
    load::{Census, Crowd, Load, Progress, Tally},
    proxy::{Mode, Proxy},
};

/// Far above the time that any request may take, for a machine that is busy.
const BOUND: Duration = Duration::from_secs(10);

fn is_long() -> bool {
    std::env::var_os("SESSION_TEST_LONG").is_some_and(|value| value == "1")
}

/// Nothing was lost, done twice or foreign, and no request waited long.
fn assert_sound(what: &str, tally: &Tally) {
    println!("{what}: {tally}");
    assert_eq!((tally.lost, tally.doubled, tally.foreign, tally.gone), (0, 0, 0, 0), "{tally}");
    assert!(tally.acknowledged > 0 && tally.longest_request < BOUND, "{tally}");
}

/// Kills the server and starts it again, under load, and waits each time until it is written to again.
fn crash(server: &RedisServer, progress: &Progress) {
    let (crashes, pause) =
        if is_long() { (10, Duration::from_secs(5)) } else { (3, Duration::from_millis(500)) };
    for _ in 0..crashes {
        thread::sleep(pause);
        server.kill().unwrap();
        thread::sleep(pause / 5);
        server.restart().unwrap();
        assert!(progress.advances(100, BOUND), "the store does not recover");
    }
}

fn durable() -> RedisServer {
    RedisServer::builder().config("appendonly yes").config("appendfsync always").start().unwrap()
}

#[test]
fn a_server_that_is_killed_again_and_again_loses_no_acknowledged_write() {
    let server = durable();
    let store = RedisStore::connect(&server.url()).unwrap();
    let tally = Load::new(16, 4).run(store, |progress| crash(&server, progress)).unwrap();
    assert_sound("killed, asynchronous", &tally);
    let server = durable();
    let store = blocking::RedisStore::connect(&server.url()).unwrap();
    let tally = Load::new(16, 4).run_blocking(store, |progress| crash(&server, progress)).unwrap();
    assert_sound("killed, blocking", &tally);
}

/// Holds replies back, cuts and stalls until there were enough requests.
fn disturb(proxy: &Proxy, progress: &Progress) {
    let wanted = if is_long() { 100_000 } else { 3_000 };
    // Short enough for some requests to get their answer late, long enough for others to give up.
    let pause = Duration::from_millis(20);
    while progress.requests() < wanted {
        for mode in
            [Mode::Pass, Mode::HoldReplies, Mode::Pass, Mode::Stall, Mode::Delay(Duration::from_millis(1))]
        {
            proxy.set(mode);
            thread::sleep(pause);
        }
        proxy.cut();
    }
    proxy.set(Mode::Pass);
}

#[test]
fn a_stalling_network_and_cancelled_requests_mix_nothing_up() {
    let server = RedisServer::start().unwrap();
    let proxy = Proxy::start(server.address()).unwrap();
    let url = format!("redis://{}", proxy.address());
    let impatient = |name: &str| {
        let (response, budget) = (Duration::from_millis(15), Duration::from_millis(50));
        RedisStore::builder(&url).prefix(name).response_timeout(response).budget(budget)
    };
    let cancelled = Load::new(16, 16).cancelling(Duration::from_millis(10));
    let tally = cancelled.run(impatient("a").build().unwrap(), |progress| disturb(&proxy, progress)).unwrap();
    assert_sound("cancelled and stalled, asynchronous", &tally);
    let store = impatient("b").build_blocking().unwrap();
    let tally = Load::new(16, 16).run_blocking(store, |progress| disturb(&proxy, progress)).unwrap();
    assert_sound("stalled, blocking", &tally);
}

/// What is lost with a master that had not told its replica is a figure; nothing may come back or be mixed up.
fn assert_failed_over(what: &str, url: &str, kill: impl Fn() + Copy) {
    let ended: Vec<StoreKey> = (0..50).map(ended).collect();
    let store = blocking::RedisStore::connect(url).unwrap();
    for key in &ended {
        let write =
            Write { next: Revision::from_bytes([1; 16]), data: b"old", ttl: Duration::from_secs(3600) };
        store.create(key, write, None).unwrap();
        store.delete(key, None, None).unwrap();
    }
    // Half a second under load is long enough for the replica to hear of it.
    let during = |progress: &Progress| {
        thread::sleep(Duration::from_millis(500));
        kill();
        assert!(progress.advances(200, Duration::from_secs(40)), "no replica takes over");
    };
    let tally = Load::new(16, 12).run(RedisStore::connect(url).unwrap(), during).unwrap();
    println!("{what}: {tally}");
    assert_eq!((tally.doubled, tally.foreign, tally.gone), (0, 0, 0), "{tally}");
    assert!(tally.acknowledged > 0 && tally.longest_request < BOUND, "{tally}");
    let store = blocking::RedisStore::builder(url).budget(BOUND).build_blocking().unwrap();
    for key in &ended {
        assert_eq!(store.load(key).unwrap(), None, "a session came back");
    }
}

fn ended(number: u8) -> StoreKey {
    let digest = Digest::from_bytes([number; 32]);
    StoreKey { family: Family::anonymous(&digest), digest }
}

#[test]
fn a_failover_by_sentinels_under_load_brings_nothing_back() {
    let trio = SentinelTrio::start().unwrap();
    assert_failed_over("Sentinel failover", &trio.url(), || trio.master().kill().unwrap());
}

#[test]
fn a_failover_in_a_cluster_under_load_brings_nothing_back() {
    let cluster = RedisCluster::with_replicas().unwrap();
    assert_failed_over("Cluster failover", &cluster.url(), || cluster.nodes()[0].kill().unwrap());
}

/// Nothing from before an end of all sessions opens one, and no owner has more than the cap.
fn assert_orderly(what: &str, census: &Census) {
    println!("{what}: {census}");
    assert_eq!((census.survived, census.over_cap, census.failed), (0, 0, 0), "{census}");
    assert!(
        census.sign_ins > 0 && census.rotations > 0 && census.ended > 0 && census.checked > 0,
        "{census}"
    );
}

#[test]
fn a_crowd_of_devices_keeps_nothing_that_was_ended_and_no_more_than_the_cap() {
    let (cluster, server) = (RedisCluster::start().unwrap(), RedisServer::start().unwrap());
    for (what, url) in [("cluster", cluster.url()), ("single", server.url())] {
        let crowd = Crowd::new(8, 2).requests(if is_long() { 100_000 } else { 3_000 });
        let census = crowd.run(RedisStore::connect(&url).unwrap()).unwrap();
        assert_orderly(&format!("{what}, asynchronous"), &census);
        let store = blocking::RedisStore::builder(&url).prefix("refusing").build_blocking().unwrap();
        let census = crowd.refusing().run_blocking(store).unwrap();
        assert_orderly(&format!("{what}, blocking, refusing"), &census);
        assert!(census.refused > 0, "{census}");
    }
}
