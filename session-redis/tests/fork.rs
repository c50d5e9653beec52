//! A program that forks after it has used its store: parent and child never read each other's replies.

#![cfg(all(unix, feature = "tokio", feature = "blocking"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

use std::{
    fs, process, thread,
    time::{Duration, Instant},
};

use fork::Fork;
use session_core::{
    id::{Digest, Family, StoreKey},
    store::{Applied, BlockingStore, Revision, Store, StoreErrorKind, Write},
};
use session_redis::{RedisStore, blocking};
use session_testservers::RedisServer;

const LOADS: usize = 3000;

fn key(number: u8) -> StoreKey {
    let digest = Digest::from_bytes([number; 32]);
    StoreKey { family: Family::anonymous(&digest), digest }
}

fn create(store: &blocking::RedisStore, number: u8) {
    let (next, ttl) = (Revision::from_bytes([1; 16]), Duration::from_secs(600));
    BlockingStore::create(store, &key(number), Write { next, data: &[number; 100], ttl }, None).unwrap();
}

/// How many loads return the session that was asked for, another one, and an error.
fn load(store: &blocking::RedisStore, number: u8) -> [usize; 3] {
    let mut counts = [0; 3];
    for _ in 0..LOADS {
        let kind = match BlockingStore::load(store, &key(number)) {
            Ok(Some(stored)) if *stored.data == [number; 100] => 0,
            Ok(_) => 1,
            Err(_) => 2,
        };
        *counts.get_mut(kind).unwrap() += 1;
    }
    counts
}

#[test]
fn parent_and_child_never_share_a_connection() {
    for pool_size in [1, 8] {
        let server = RedisServer::start().unwrap();
        let patient = Duration::from_secs(30);
        let builder = blocking::RedisStore::builder(&server.url()).pool_size(pool_size);
        let builder = builder.budget(patient).connect_timeout(patient).response_timeout(patient);
        let store = builder.build_blocking().unwrap();
        create(&store, 1);
        create(&store, 2);
        thread::scope(|scope| {
            (0..8).for_each(|_| {
                scope.spawn(|| BlockingStore::load(&store, &key(1)).unwrap());
            });
        });
        let connections =
            || server.command(&["CLIENT", "LIST"]).unwrap().text().matches("name=alo-session").count();
        let (of_parent, report) = (connections(), server.directory().join("report"));
        assert!(of_parent > 0 && of_parent <= pool_size as usize, "{of_parent}");
        // A child that never uses the store ends it without a word.
        match fork::fork().unwrap() {
            Fork::Child => {
                drop(store);
                process::exit(0);
            }
            Fork::Parent(child) => fork::waitpid(child).unwrap(),
        };
        let child = match fork::fork().unwrap() {
            Fork::Child => {
                let counts = load(&store, 2);
                drop(store);
                fs::write(&report, format!("{counts:?}")).unwrap();
                process::exit(0);
            }
            Fork::Parent(child) => child,
        };
        let counts = load(&store, 1);
        fork::waitpid(child).unwrap();
        assert_eq!(counts, [LOADS, 0, 0], "the parent: right, somebody else's, errors");
        assert_eq!(fs::read_to_string(&report).unwrap(), format!("[{LOADS}, 0, 0]"), "the child");
        assert_eq!(load(&store, 1), [LOADS, 0, 0], "after the child's end");
        // The server sees the end of a client a moment after the process has ended.
        let began = Instant::now();
        while connections() != of_parent {
            assert!(
                began.elapsed() < patient,
                "{} connections, and not those of the parent alone",
                connections()
            );
            thread::sleep(Duration::from_millis(5));
        }
    }
}

/// In the child the runtime has no workers, so a request would wait for ever.
#[test]
fn an_asynchronous_store_of_the_parent_is_refused_in_the_child() {
    let server = RedisServer::start().unwrap();
    create(&blocking::RedisStore::connect(&server.url()).unwrap(), 1);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (used, unused) =
        (RedisStore::connect(&server.url()).unwrap(), RedisStore::connect(&server.url()).unwrap());
    runtime.block_on(Store::load(&used, &key(1))).unwrap().unwrap();
    let report = server.directory().join("report");
    match fork::fork().unwrap() {
        Fork::Child => {
            let refused = runtime.block_on(Store::load(&used, &key(1)));
            let refused = refused.is_err_and(|error| {
                error.kind() == StoreErrorKind::Unsupported && error.applied() == Applied::No
            });
            // A store that the parent has not used works on a runtime of the child.
            let own = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let loaded = own.block_on(Store::load(&unused, &key(1)));
            let loaded = loaded.is_ok_and(|stored| stored.is_some());
            fs::write(&report, format!("{refused} {loaded}")).unwrap();
            process::exit(0);
        }
        Fork::Parent(child) => fork::waitpid(child).unwrap(),
    };
    assert_eq!(fs::read_to_string(&report).unwrap(), "true true");
    runtime.block_on(Store::load(&used, &key(1))).unwrap().unwrap();
}
