//! A connection that is out of step is never used again, and no place in a pool is lost (FAULT-2).

#![cfg(all(feature = "tokio", feature = "blocking"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

mod support;

use std::{
    thread,
    time::{Duration, Instant},
};

use mysql::{Conn, prelude::Queryable as _};
use session_core::{
    id::Family,
    store::{Applied, BlockingStore, CommitOutcome, CreateOutcome, Page, Store, StoreErrorKind},
};
use session_mysql::{MysqlStore, Schema};
use session_testservers::{
    MariaDb,
    proxy::{Direction, Mode, Proxy},
};
use support::pair::{BOUND, Pair, key, patient, revision, write};

fn behind_proxy(settings: &[&str]) -> (MariaDb, Proxy, String) {
    let builder = settings.iter().fold(MariaDb::builder(), |builder, line| builder.config(*line));
    let server = builder.start().unwrap();
    server.sql(&Schema::new("alo_session").unwrap().create_table()).unwrap();
    let proxy = Proxy::start(server.address()).unwrap();
    let url = format!("mysql://root@{}/{}", proxy.address(), MariaDb::DATABASE);
    (server, proxy, url)
}

#[test]
fn replies_that_come_late_are_never_those_to_another_question() {
    let (_server, proxy, url) = behind_proxy(&[]);
    let stores = Pair::of(&patient(&url).pool_size(2));
    for number in 1..20 {
        stores.works(number);
    }
    for number in 1..20 {
        proxy.set(Mode::HoldReplies);
        if number % 5 == 0 {
            for failed in stores.load(number) {
                assert_eq!(failed.unwrap_err().applied(), Applied::No);
            }
        }
        proxy.set(Mode::Pass);
        stores.reads(20 - number);
    }
}

#[test]
fn connections_that_lead_nowhere_are_replaced() {
    let (_server, proxy, url) = behind_proxy(&[]);
    let stores = Pair::on(&url);
    stores.works(1);
    assert!(stores.load_at_once(1, 8).into_iter().all(|loaded| loaded.is_ok()));
    proxy.half_open();
    // The first one does not reply in time, and all others are pinged.
    stores.reads(1);
    let before = proxy.traffic().connections;
    for _ in 0..10 {
        stores.reads(1);
    }
    assert_eq!(proxy.traffic().connections, before);
}

#[test]
fn cancelled_operations_leave_nothing_behind() {
    let (_server, proxy, url) = behind_proxy(&[]);
    let stores = Pair::of(&patient(&url).pool_size(3));
    for number in 1..20 {
        stores.works(number);
    }
    let began = Instant::now();
    for round in 0..400_u32 {
        let number = 1 + u8::try_from(round % 19).unwrap();
        if round.is_multiple_of(40) {
            // Certainly in the middle of an operation.
            proxy.set(Mode::HoldReplies);
        }
        stores.runtime.block_on(async {
            let (patience, data) = (Duration::from_micros(u64::from(round % 7) * 60), [number; 100]);
            let (store, key) = (&stores.nonblocking, key(number));
            if round.is_multiple_of(2) {
                drop(tokio::time::timeout(patience, Store::load(store, &key)).await);
            } else {
                let written = Store::commit(store, &key, revision(number), write(number, &data));
                drop(tokio::time::timeout(patience, written).await);
            }
        });
        proxy.set(Mode::Pass);
        stores.reads(20 - number);
    }
    // Had they waited for one that is lost, it would take more than an hour.
    assert!(began.elapsed() < Duration::from_secs(600));
    // A lost place would be missing here: the pool has only three.
    assert!(stores.load_at_once(1, 12).into_iter().all(|loaded| loaded.is_ok()));
    assert!(
        proxy.wait(BOUND, |traffic| traffic.open <= 6),
        "more connections than both pools have: {:?}",
        proxy.traffic()
    );
}

#[test]
fn a_write_whose_answer_is_lost_recognises_itself() {
    let (server, proxy, url) = behind_proxy(&[]);
    let stores = Pair::on(&url);
    stores.works(1);
    proxy.set(Mode::CutAfter { direction: Direction::ToClient, bytes: 0 });
    let [nonblocking, blocking] = stores.create(2);
    assert_eq!(nonblocking.unwrap(), CreateOutcome::Created { evicted: Vec::new() });
    assert!(blocking.is_ok());
    proxy.set(Mode::CutAfter { direction: Direction::ToClient, bytes: 0 });
    let data = [129; 100];
    let written = BlockingStore::commit(&stores.blocking, &key(129), revision(1), write(3, &data));
    assert_eq!(written.unwrap(), CommitOutcome::Written);
    stores.reads(2);
    assert_eq!(server.sql("SELECT COUNT(*) FROM alo_session").unwrap(), "4\n");
}

/// The first attempt is applied, its reply is lost, and another request builds on it before the second attempt. That one finds
/// another revision, which does not mean that nothing was written.
#[test]
fn what_the_second_attempt_finds_says_nothing_of_the_first() {
    let (server, proxy, url) = behind_proxy(&[]);
    let patience = Duration::from_secs(30);
    let builder = MysqlStore::builder(&url)
        .connect_timeout(patience)
        .budget(patience)
        .response_timeout(Duration::from_millis(300));
    let stores = Pair::of(&builder);
    let direct = Pair::on(&server.url());
    stores.works(1);
    // From now on the statement is prepared and is sent in one packet.
    for written in stores.commit(1, 1, 9) {
        assert_eq!(written.unwrap(), CommitOutcome::Written);
    }
    for (number, nonblocking) in [(1, true), (129, false)] {
        let before = proxy.traffic().connections;
        proxy.set(Mode::HoldReplies);
        let failed = thread::scope(|scope| {
            let first = scope.spawn(|| {
                let (data, key) = ([number; 100], key(number));
                if nonblocking {
                    let written = Store::commit(&stores.nonblocking, &key, revision(9), write(2, &data));
                    stores.runtime.block_on(written)
                } else {
                    BlockingStore::commit(&stores.blocking, &key, revision(9), write(2, &data))
                }
            });
            // The second attempt has begun.
            assert!(proxy.wait(BOUND, |traffic| traffic.connections > before));
            let data = [number; 100];
            let next = BlockingStore::commit(&direct.blocking, &key(number), revision(2), write(3, &data));
            assert_eq!(next.unwrap(), CommitOutcome::Written, "the first attempt was applied");
            proxy.set(Mode::Pass);
            first.join().unwrap()
        });
        let failed = failed.unwrap_err();
        assert_eq!((failed.kind(), failed.applied()), (StoreErrorKind::Timeout, Applied::Unknown));
    }
}

/// The connection works, but its next reply belongs to the statement that timed out.
#[test]
fn a_late_reply_is_never_taken_for_that_to_the_next_statement() {
    let (server, _proxy, url) = behind_proxy(&[]);
    let stores = Pair::of(&patient(&url).pool_size(2));
    stores.works(1);
    stores.works(2);
    let mut other = Conn::new(&*server.url()).unwrap();
    other.query_drop("LOCK TABLES alo_session WRITE").unwrap();
    for failed in stores.load(1) {
        let failed = failed.unwrap_err();
        assert_eq!((failed.kind(), failed.applied()), (StoreErrorKind::Timeout, Applied::No));
    }
    other.query_drop("UNLOCK TABLES").unwrap();
    for _ in 0..4 {
        stores.reads(2);
    }
}

/// In the middle of a reply, the client library would first wait for the rest of it, however long the server takes. Here the
/// rest would take two minutes.
#[test]
fn a_cancelled_operation_closes_its_connection_at_once() {
    let (server, proxy, url) = behind_proxy(&[]);
    let patience = Duration::from_secs(600);
    let builder = MysqlStore::builder(&url).connect_timeout(patience).response_timeout(patience);
    let stores = Pair::of(&builder.budget(patience));
    let (store, key, data) = (&stores.nonblocking, key(1), vec![1; 8 << 20]);
    stores.runtime.block_on(Store::create(store, &key, write(1, &data), None)).unwrap();
    stores.runtime.block_on(Store::load(store, &key)).unwrap();
    let connection = "SELECT id FROM information_schema.processlist WHERE host LIKE '%:%'";
    let connection = server.sql(connection).unwrap().trim().to_owned();
    let is_open = || {
        let found = format!("SELECT COUNT(*) FROM information_schema.processlist WHERE id={connection}");
        server.sql(&found).unwrap() == "1\n"
    };
    assert!(is_open(), "{connection}");
    let received = proxy.traffic().to_client;
    proxy.set(Mode::Delay(Duration::from_millis(250)));
    let load = store.clone();
    let load = stores.runtime.spawn(async move { Store::load(&load, &key).await });
    let has_begun = proxy.wait(Duration::from_secs(60), |traffic| traffic.to_client > received + (64 << 10));
    assert!(has_begun, "{:?}", proxy.traffic());
    load.abort();
    assert!(stores.runtime.block_on(load).unwrap_err().is_cancelled());
    let cancelled = Instant::now();
    while is_open() {
        assert!(cancelled.elapsed() < Duration::from_secs(60), "it is still open");
    }
}

/// The write is larger than all buffers, so it stalls, and so does closing the connection.
#[test]
fn a_large_write_to_a_frozen_server_ends_in_time() {
    let (server, _proxy, _) = behind_proxy(&["max_allowed_packet=64M"]);
    let stores = Pair::on(&server.url());
    stores.works(1);
    stores.works(2);
    for written in stores.commit(1, 1, 9) {
        assert_eq!(written.unwrap(), CommitOutcome::Written);
    }
    let (store, absent) = (&stores.blocking, key(250));
    BlockingStore::touch(store, &absent, revision(1), Duration::from_secs(1)).unwrap();
    BlockingStore::delete(store, &absent, None, None).unwrap();
    BlockingStore::delete(store, &absent, Some(revision(1)), Some(write(2, b""))).unwrap();
    BlockingStore::delete(store, &absent, Some(revision(1)), None).unwrap();
    BlockingStore::sweep(store, 1).unwrap();
    BlockingStore::list(store, &Family::from_bytes([0x81; 16]), Page::default()).unwrap();
    server.freeze().unwrap();
    let data = vec![0; 15 << 20];
    let began = Instant::now();
    let blocking = BlockingStore::create(store, &key(200), write(1, &data), None);
    let elapsed = began.elapsed();
    let nonblocking =
        stores.runtime.block_on(Store::create(&stores.nonblocking, &key(201), write(1, &data), None));
    server.thaw().unwrap();
    for failed in [blocking, nonblocking] {
        assert_eq!(failed.unwrap_err().kind(), StoreErrorKind::Timeout);
    }
    assert!(elapsed < BOUND, "{elapsed:?}");
    let thawed = Instant::now();
    // The server first reads the abandoned write.
    while stores.create(3).iter().any(Result::is_err) {
        assert!(thawed.elapsed() < BOUND, "the stores do not recover");
    }
    stores.reads(3);
}
