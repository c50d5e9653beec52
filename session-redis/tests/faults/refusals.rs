//! Servers that reply with an error. The store's error has its kind and says that nothing was done.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    thread,
    time::Instant,
};

use session_core::store::{Applied, CommitOutcome, StoreError, StoreErrorKind};
use session_testservers::RedisServer;

use crate::stores::{BOUND, Stores, key};

fn assert_refused<T: std::fmt::Debug>(answers: [Result<T, StoreError>; 2], kind: StoreErrorKind) {
    for answer in answers {
        let error = answer.unwrap_err();
        assert_eq!((error.kind(), error.applied()), (kind, Applied::No), "{error:?}");
        assert!(!format!("{error} {error:?}").contains("s3cret"), "{error:?}");
    }
}

#[test]
fn credentials() {
    let server = RedisServer::builder().password("s3cret").start().unwrap();
    let address = server.address();
    for url in [
        format!("redis://{address}"),
        format!("redis://:wrong-s3cret@{address}"),
        format!("redis://nobody:s3cret@{address}"),
    ] {
        let stores = Stores::on(&url);
        assert_refused(stores.load(&key(1)), StoreErrorKind::Denied);
        assert_refused(stores.create(1), StoreErrorKind::Denied);
    }
    Stores::on(&server.url()).assert_work(1);
}

#[test]
fn a_user_who_may_not() {
    let server = RedisServer::start().unwrap();
    server.command(&["ACL", "SETUSER", "reader", "on", ">s3cret", "~*", "+get", "+pttl"]).unwrap();
    let stores = Stores::on(&format!("redis://reader:s3cret@{}", server.address()));
    for loaded in stores.load(&key(1)) {
        assert!(loaded.unwrap().is_none(), "reading is allowed, and the store need not see the version");
    }
    assert_refused(stores.create(1), StoreErrorKind::Denied);
    assert_refused(stores.commit(1, 2), StoreErrorKind::Denied);
}

#[test]
fn a_replica() {
    let master = RedisServer::builder().config("repl-diskless-sync-delay 0").start().unwrap();
    let port = master.address().port();
    let replica = RedisServer::builder().config(format!("replicaof 127.0.0.1 {port}")).start().unwrap();
    let began = Instant::now();
    while !replica.command(&["INFO", "replication"]).unwrap().text().contains("master_link_status:up") {
        assert!(began.elapsed() < BOUND);
    }
    let stores = Stores::on(&replica.url());
    for loaded in stores.load(&key(1)) {
        assert!(loaded.unwrap().is_none());
    }
    assert_refused(stores.create(1), StoreErrorKind::ReadOnly);
    replica.command(&["CONFIG", "SET", "replica-serve-stale-data", "no"]).unwrap();
    master.kill().unwrap();
    let began = Instant::now();
    while replica.command(&["INFO", "replication"]).unwrap().text().contains("master_link_status:up") {
        assert!(began.elapsed() < BOUND);
    }
    assert_refused(stores.load(&key(1)), StoreErrorKind::Unavailable);
    replica.command(&["REPLICAOF", "NO", "ONE"]).unwrap();
    stores.assert_work(2);
}

#[test]
fn a_server_that_loads_its_data() {
    // Slow enough that many of its keys are still to come while it is asked. Redis 6.2 looks up after 2 MB, a newer one
    // at each of them.
    let server = RedisServer::builder()
        .config_since(7, "loading-process-events-interval-bytes 1024")
        .config_since(7, "enable-debug-command yes")
        .start()
        .unwrap();
    let value = "x".repeat(16384);
    for number in 0..4000 {
        server.command(&["SET", &format!("key{number}"), &value]).unwrap();
    }
    let stores = Stores::on(&server.url());
    stores.assert_work(1);
    server.command(&["CONFIG", "SET", "key-load-delay", "500"]).unwrap();
    server.command(&["CONFIG", "SET", "rdbcompression", "no"]).unwrap();
    thread::scope(|scope| {
        let reloaded = scope.spawn(|| server.command(&["DEBUG", "RELOAD"]));
        while !server.command(&["INFO", "persistence"]).unwrap().text().contains("loading:1") {}
        assert_refused(stores.load(&key(1)), StoreErrorKind::Unavailable);
        assert_refused(stores.create(2), StoreErrorKind::Unavailable);
        reloaded.join().unwrap().unwrap();
    });
    stores.assert_work(2);
}

#[test]
fn too_many_clients() {
    let server = RedisServer::start().unwrap();
    server.command(&["CONFIG", "SET", "maxclients", "1"]).unwrap();
    let began = Instant::now();
    // The connection that has just set the limit may still count.
    let only = loop {
        let mut only = TcpStream::connect(server.address()).unwrap();
        let _ = only.write_all(b"PING\r\n");
        let mut reply = [0; 5];
        if only.read_exact(&mut reply).is_ok() && reply == *b"+PONG" {
            break only;
        }
        assert!(began.elapsed() < BOUND);
    };
    let stores = Stores::on(&server.url());
    for answer in stores.create(1) {
        let error = answer.unwrap_err();
        assert_eq!(error.applied(), Applied::No, "{error:?}");
        // The server says why and hangs up; which of the two is noticed first is chance.
        assert!(
            matches!(error.kind(), StoreErrorKind::Overloaded | StoreErrorKind::Unavailable),
            "{error:?}"
        );
    }
    drop(only);
    let began = Instant::now();
    while server.command(&["CONFIG", "SET", "maxclients", "100"]).is_err() {
        assert!(began.elapsed() < BOUND);
    }
    // The server counts a client until it has noticed that the client left.
    while stores.create(1).iter().any(Result::is_err) {
        assert!(began.elapsed() < BOUND);
    }
    stores.assert_work(2);
}

#[test]
fn a_server_that_comes_back_empty() {
    let server = RedisServer::start().unwrap();
    let stores = Stores::on(&server.url());
    stores.assert_work(1);
    server.restart().unwrap();
    for loaded in stores.load(&key(1)) {
        assert!(loaded.unwrap().is_none());
    }
    for committed in stores.commit(1, 2) {
        assert_eq!(committed.unwrap(), CommitOutcome::Gone, "nothing is brought back to life");
    }
    stores.assert_work(3);
}
