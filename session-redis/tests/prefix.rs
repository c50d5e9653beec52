//! A prefix of the configuration reaches the keys, so that two applications may share a server.

#![cfg(all(feature = "tokio", feature = "blocking"))]
#![allow(clippy::unwrap_used, reason = "test code")]

use std::time::Duration;

use session_core::{
    SessionConfig,
    id::{Digest, Family, StoreKey},
    store::{BlockingStore as _, CreateOutcome, Revision, Store as _, Write},
};
use session_redis::{RedisStore, blocking};
use session_testservers::RedisServer;

fn config(prefix: &str) -> SessionConfig {
    SessionConfig::with(|settings| settings.prefix = prefix.to_owned()).unwrap()
}

/// An owner's session, which has a record and a place in the owner's index.
fn key() -> StoreKey {
    StoreKey { family: Family::of_owner("Ada", None), digest: Digest::from_bytes([7; 32]) }
}

fn write(data: &[u8]) -> Write<'_> {
    Write { next: Revision::from_bytes([1; 16]), data, ttl: Duration::from_hours(1) }
}

/// What stands before the hash tag of all keys, sorted, without repetitions.
fn prefixes(server: &RedisServer) -> Vec<String> {
    let keys = server.command(&["KEYS", "*"]).unwrap().text();
    let mut prefixes: Vec<_> = keys.lines().map(|key| key.split('{').next().unwrap().to_owned()).collect();
    prefixes.sort();
    prefixes.dedup();
    prefixes
}

#[test]
fn two_applications_with_two_prefixes_share_no_session() {
    let server = RedisServer::start().unwrap();
    let store =
        |prefix| blocking::RedisStore::builder(&server.url()).config(&config(prefix)).build_blocking();
    let (shop, forum) = (store("shop:").unwrap(), store("forum:").unwrap());
    let created = CreateOutcome::Created { evicted: Vec::new() };
    assert_eq!(shop.create(&key(), write(b"shop"), None).unwrap(), created);
    assert_eq!(prefixes(&server), ["shop:"]);
    assert!(forum.load(&key()).unwrap().is_none(), "the forum has no such session");
    assert_eq!(forum.create(&key(), write(b"forum"), None).unwrap(), created);
    assert_eq!(prefixes(&server), ["forum:", "shop:"]);

    assert_eq!(forum.revoke(&key().family, None).unwrap(), 1, "the user is signed out of the forum");
    assert!(forum.load(&key()).unwrap().is_none());
    assert_eq!(shop.load(&key()).unwrap().unwrap().data, "shop");
}

#[test]
fn the_asynchronous_store_takes_the_prefix_too() {
    let server = RedisServer::start().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let store = RedisStore::builder(&server.url()).config(&config("shop:")).build().unwrap();
    runtime.block_on(store.create(&key(), write(b"shop"), None)).unwrap();
    assert_eq!(prefixes(&server), ["shop:"]);
    let default = RedisStore::builder(&server.url()).config(&SessionConfig::default()).build().unwrap();
    assert!(runtime.block_on(default.load(&key())).unwrap().is_none());
}
