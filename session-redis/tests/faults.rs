//! What both faces do when the server is frozen, killed, read-only, full or out of step (FAULT-1 to FAULT-3).

#![cfg(all(feature = "aio", feature = "blocking"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

use std::time::{Duration, Instant};

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{Applied, BlockingStore, Revision, Store, StoreError, StoreErrorKind, Stored, Write},
};
use session_redis::{RedisStore, blocking};
use session_testkit::{
    proxy::{Mode, Proxy},
    servers::RedisServer,
};

/// Far above the budget of one second, for a machine that is busy.
const BOUND: Duration = Duration::from_secs(10);

/// Both faces behind one. The asynchronous one runs on a runtime of its own.
struct Faces {
    runtime: tokio::runtime::Runtime,
    nonblocking: RedisStore,
    blocking: blocking::RedisStore,
}

impl Faces {
    fn on(url: &str) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let nonblocking = RedisStore::connect(url).unwrap();
        Self { runtime, nonblocking, blocking: blocking::RedisStore::connect(url).unwrap() }
    }

    fn load(&self, key: &StoreKey) -> [Result<Option<Stored>, StoreError>; 2] {
        let began = Instant::now();
        let both = [
            self.runtime.block_on(Store::load(&self.nonblocking, key)),
            BlockingStore::load(&self.blocking, key),
        ];
        assert!(began.elapsed() < BOUND, "{:?}", began.elapsed());
        both
    }

    fn create(&self, number: u8) -> [Result<(), StoreError>; 2] {
        let began = Instant::now();
        let data = [number; 100];
        let write =
            Write { next: Revision::from_bytes([number; 16]), data: &data, ttl: Duration::from_secs(600) };
        let both = [
            self.runtime.block_on(Store::create(&self.nonblocking, &key(number), write, None)).map(drop),
            BlockingStore::create(&self.blocking, &key(number + 128), write, None).map(drop),
        ];
        assert!(began.elapsed() < BOUND, "{:?}", began.elapsed());
        both
    }
}

fn key(number: u8) -> StoreKey {
    let digest = Digest::from_bytes([number; 32]);
    StoreKey { family: Family::anonymous(&digest), digest }
}

fn assert_works(faces: &Faces, number: u8) {
    for created in faces.create(number) {
        created.unwrap();
    }
    for loaded in faces.load(&key(number)) {
        assert_eq!(*loaded.unwrap().unwrap().data, [number; 100]);
    }
}

#[test]
fn a_server_that_is_killed_is_an_error_until_it_is_back() {
    let server = RedisServer::start().unwrap();
    let faces = Faces::on(&server.url());
    assert_works(&faces, 1);
    server.kill().unwrap();
    for _ in 0..3 {
        for failed in faces.load(&key(1)) {
            assert_eq!(failed.unwrap_err().applied(), Applied::No, "a read changes nothing");
        }
        for failed in faces.create(2) {
            let kind = failed.unwrap_err().kind();
            assert!(matches!(kind, StoreErrorKind::Unavailable | StoreErrorKind::Timeout), "{kind:?}");
        }
    }
    server.restart().unwrap();
    let began = Instant::now();
    while faces.load(&key(1)).iter().any(Result::is_err) {
        assert!(began.elapsed() < BOUND, "the store does not recover");
    }
    assert_works(&faces, 3);
}

#[test]
fn a_server_that_is_frozen_is_a_timeout_of_unknown_outcome() {
    let server = RedisServer::start().unwrap();
    let faces = Faces::on(&server.url());
    assert_works(&faces, 1);
    server.freeze().unwrap();
    for failed in faces.create(2) {
        let error = failed.unwrap_err();
        assert_eq!((error.kind(), error.applied()), (StoreErrorKind::Timeout, Applied::Unknown), "{error:?}");
    }
    server.thaw().unwrap();
    assert_works(&faces, 3);
}

#[test]
fn a_server_that_refuses_says_why_and_that_nothing_was_done() {
    let server = RedisServer::start().unwrap();
    let faces = Faces::on(&server.url());
    assert_works(&faces, 1);
    for (setting, normal, kind) in [
        (["maxmemory", "1"], "0", StoreErrorKind::OutOfSpace),
        (["min-replicas-to-write", "1"], "0", StoreErrorKind::Unavailable),
    ] {
        server.command(&["CONFIG", "SET", setting[0], setting[1]]).unwrap();
        for failed in faces.create(2) {
            let error = failed.unwrap_err();
            assert_eq!((error.kind(), error.applied()), (kind, Applied::No), "{error:?}");
        }
        assert!(
            faces.load(&key(1)).into_iter().all(|loaded| loaded.unwrap().is_some()),
            "reading still works"
        );
        server.command(&["CONFIG", "SET", setting[0], normal]).unwrap();
        server.command(&["FLUSHALL"]).unwrap();
        assert_works(&faces, 1);
    }
    server.command(&["SCRIPT", "FLUSH"]).unwrap();
    assert_works(&faces, 3);
}

#[test]
fn replies_that_come_late_are_never_those_to_another_question() {
    let server = RedisServer::start().unwrap();
    let proxy = Proxy::start(server.address()).unwrap();
    let faces = Faces::on(&format!("redis://{}", proxy.address()));
    for number in 1..20 {
        assert_works(&faces, number);
    }
    for number in 1..20 {
        proxy.set(Mode::HoldReplies);
        if number % 5 == 0 {
            for failed in faces.load(&key(number)) {
                assert!(failed.is_err());
            }
        }
        proxy.set(Mode::Pass);
        for loaded in faces.load(&key(20 - number)).into_iter().flatten() {
            assert_eq!(*loaded.unwrap().data, [20 - number; 100], "another session's bytes");
        }
    }
}
