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
    load::{Crowd, Load, Progress, assert_orderly, assert_sound, crash, disturb, is_long},
    proxy::Proxy,
};

/// Far above the time that any request may take, for a machine that is busy.
const BOUND: Duration = Duration::from_secs(10);

/// Kills the server and starts it again, under load.
fn crash_of(server: &RedisServer) -> impl Fn(&Progress) {
    |progress| crash(progress, 100, BOUND, || server.kill().unwrap(), || server.restart().unwrap())
}

fn durable() -> RedisServer {
    RedisServer::builder().config("appendonly yes").config("appendfsync always").start().unwrap()
}

#[test]
fn a_server_that_is_killed_again_and_again_loses_no_acknowledged_write() {
    let server = durable();
    let store = RedisStore::connect(&server.url()).unwrap();
    let tally = Load::new(16, 4).run(store, crash_of(&server)).unwrap();
    assert_sound("killed, asynchronous", &tally, BOUND);
    let server = durable();
    let store = blocking::RedisStore::connect(&server.url()).unwrap();
    let tally = Load::new(16, 4).run_blocking(store, crash_of(&server)).unwrap();
    assert_sound("killed, blocking", &tally, BOUND);
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
    let disturb = |progress: &Progress| disturb(progress, 3_000, Duration::from_millis(20), &proxy);
    let cancelled = Load::new(16, 16).cancelling(Duration::from_millis(10));
    let tally = cancelled.run(impatient("a").build().unwrap(), disturb).unwrap();
    assert_sound("cancelled and stalled, asynchronous", &tally, BOUND);
    let store = impatient("b").build_blocking().unwrap();
    let tally = Load::new(16, 16).run_blocking(store, disturb).unwrap();
    assert_sound("stalled, blocking", &tally, BOUND);
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
