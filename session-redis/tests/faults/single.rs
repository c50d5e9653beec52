//! One server, killed, frozen, full or out of step.

use std::time::Instant;

use session_core::store::{Applied, StoreErrorKind};
use session_testservers::{
    RedisServer,
    proxy::{Mode, Proxy},
};

use crate::stores::{BOUND, Stores, key};

#[test]
fn a_server_that_is_killed_is_an_error_until_it_is_back() {
    let server = RedisServer::start().unwrap();
    let stores = Stores::on(&server.url());
    stores.assert_work(1);
    server.kill().unwrap();
    for _ in 0..3 {
        for failed in stores.load(&key(1)) {
            assert_eq!(failed.unwrap_err().applied(), Applied::No, "a read changes nothing");
        }
        for failed in stores.create(2) {
            let kind = failed.unwrap_err().kind();
            assert!(matches!(kind, StoreErrorKind::Unavailable | StoreErrorKind::Timeout), "{kind:?}");
        }
    }
    server.restart().unwrap();
    let began = Instant::now();
    while stores.load(&key(1)).iter().any(Result::is_err) {
        assert!(began.elapsed() < BOUND, "the store does not recover");
    }
    stores.assert_work(3);
}

#[test]
fn a_server_that_is_frozen_is_a_timeout_of_unknown_outcome() {
    let server = RedisServer::start().unwrap();
    let stores = Stores::on(&server.url());
    stores.assert_work(1);
    server.freeze().unwrap();
    for failed in stores.create(2) {
        let error = failed.unwrap_err();
        assert_eq!((error.kind(), error.applied()), (StoreErrorKind::Timeout, Applied::Unknown), "{error:?}");
    }
    server.thaw().unwrap();
    stores.assert_work(3);
}

#[test]
fn a_server_that_refuses_says_why_and_that_nothing_was_done() {
    let server = RedisServer::start().unwrap();
    let stores = Stores::on(&server.url());
    stores.assert_work(1);
    for (setting, normal, kind) in [
        (["maxmemory", "1"], "0", StoreErrorKind::OutOfSpace),
        (["min-replicas-to-write", "1"], "0", StoreErrorKind::Unavailable),
    ] {
        server.command(&["CONFIG", "SET", setting[0], setting[1]]).unwrap();
        for failed in stores.create(2) {
            let error = failed.unwrap_err();
            assert_eq!((error.kind(), error.applied()), (kind, Applied::No), "{error:?}");
        }
        assert!(
            stores.load(&key(1)).into_iter().all(|loaded| loaded.unwrap().is_some()),
            "reading still works"
        );
        server.command(&["CONFIG", "SET", setting[0], normal]).unwrap();
        server.command(&["FLUSHALL"]).unwrap();
        stores.assert_work(1);
    }
    server.command(&["SCRIPT", "FLUSH"]).unwrap();
    stores.assert_work(3);
}

#[test]
fn replies_that_come_late_are_never_those_to_another_question() {
    let server = RedisServer::start().unwrap();
    let proxy = Proxy::start(server.address()).unwrap();
    let stores = Stores::on(&format!("redis://{}", proxy.address()));
    for number in 1..20 {
        stores.assert_work(number);
    }
    for number in 1..20 {
        proxy.set(Mode::HoldReplies);
        if number % 5 == 0 {
            for failed in stores.load(&key(number)) {
                assert!(failed.is_err());
            }
        }
        proxy.set(Mode::Pass);
        for loaded in stores.load(&key(20 - number)).into_iter().flatten() {
            assert_eq!(*loaded.unwrap().data, [20 - number; 100], "another session's bytes");
        }
    }
}
