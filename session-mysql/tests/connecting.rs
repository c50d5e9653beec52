//! Connections are made beside the operations: whoever goes away, is slow or is not polled harms nobody.

#![cfg(all(feature = "tokio", feature = "blocking"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

mod support;

use std::{
    error::Error as _,
    net::{Ipv4Addr, TcpListener},
    pin::pin,
    task::{Context, Poll, Waker},
    time::{Duration, Instant},
};

use session_core::store::{Applied, BlockingStore, Store, StoreErrorKind};
use session_mysql::{Builder, MysqlStore, Schema};
use session_testservers::{
    MariaDb,
    proxy::{Mode, Proxy},
};
use support::{
    middleman::Middleman,
    pair::{BOUND, Pair, key, patient, revision, write},
};

fn behind_proxy() -> (MariaDb, Proxy, String) {
    let server = MariaDb::start().unwrap();
    server.sql(&Schema::new("alo_session").unwrap().create_table()).unwrap();
    let proxy = Proxy::start(server.address()).unwrap();
    let url = format!("mysql://root@{}/{}", proxy.address(), MariaDb::DATABASE);
    (server, proxy, url)
}

/// A store that waits for a connection as long as it takes.
fn slow_to_connect(url: &str) -> Builder {
    patient(url).connect_timeout(BOUND)
}

fn poll_once<T>(future: std::pin::Pin<&mut impl Future<Output = T>>) -> Poll<T> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn callers_who_are_impatient_get_their_connection_in_the_end() {
    let (server, proxy, url) = behind_proxy();
    Pair::on(&server.url()).works(1);
    let made_before = proxy.traffic().connections;
    proxy.set(Mode::HoldReplies);
    let stores = Pair::of(&slow_to_connect(&url));
    let impatient = slow_to_connect(&url).budget(Duration::from_millis(20)).build_blocking().unwrap();
    for _ in 0..50 {
        let patience = Duration::from_millis(2);
        let load = stores.runtime.block_on(async {
            tokio::time::timeout(patience, Store::load(&stores.nonblocking, &key(1))).await
        });
        assert!(load.is_err());
        let failed = BlockingStore::load(&impatient, &key(129)).unwrap_err();
        assert_eq!((failed.kind(), failed.applied()), (StoreErrorKind::Timeout, Applied::No));
        assert!(failed.source().unwrap().to_string().contains("`Builder::budget` raises it"), "{failed:?}");
    }
    let made = proxy.traffic().connections - made_before;
    assert!(made <= 16, "{made} connections were begun");
    proxy.set(Mode::Pass);
    // Nobody waits, and the connection comes about.
    let began = Instant::now();
    while BlockingStore::load(&impatient, &key(129)).is_err() {
        assert!(began.elapsed() < BOUND);
    }
    assert!(stores.runtime.block_on(Store::load(&stores.nonblocking, &key(1))).unwrap().is_some());
    assert!(proxy.traffic().connections - made_before <= 16);
}

/// It keeps what it holds, and nothing else.
#[test]
fn a_call_that_is_not_polled_any_more_stops_nobody() {
    let (_server, proxy, url) = behind_proxy();
    let stores = Pair::of(&patient(&url).pool_size(1));
    let (store, key) = (&stores.nonblocking, &key(1));
    stores.runtime.block_on(async {
        // There is no connection yet.
        let mut first = pin!(Store::load(store, key));
        assert!(poll_once(first.as_mut()).is_pending());
        for _ in 0..5 {
            Store::load(store, key).await.unwrap();
        }
        // The connection is in use, and the one who waits for it in front of others is not polled.
        proxy.set(Mode::HoldReplies);
        let sent = proxy.traffic().to_server;
        let user = {
            let store = store.clone();
            tokio::spawn(async move { Store::load(&store, &support::pair::key(1)).await })
        };
        while proxy.traffic().to_server == sent {
            tokio::task::yield_now().await;
        }
        let mut second = pin!(Store::load(store, key));
        assert!(poll_once(second.as_mut()).is_pending());
        let third = {
            let store = store.clone();
            tokio::spawn(async move { Store::load(&store, &support::pair::key(1)).await })
        };
        proxy.set(Mode::Pass);
        user.await.unwrap().unwrap();
        third.await.unwrap().unwrap();
    });
}

/// A server that accepts and hangs up.
#[test]
fn an_outage_costs_no_handshake_for_each_request() {
    let nobody = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = nobody.local_addr().unwrap();
    drop(nobody);
    let middleman = Middleman::start(vec![address]);
    let stores = Pair::on(&middleman.url("app", MariaDb::DATABASE));
    let began = Instant::now();
    for _ in 0..20 {
        for failed in stores.load_at_once(1, 20) {
            let failed = failed.unwrap_err();
            assert_eq!(
                (failed.kind(), failed.applied()),
                (StoreErrorKind::Unavailable, Applied::No),
                "{failed:?}"
            );
        }
    }
    let (made, seconds) = (middleman.connections(), usize::try_from(began.elapsed().as_secs()).unwrap());
    assert!(made <= 2 * (8 + 6 + 6 * seconds), "{made} connections for 800 requests in {seconds} s");
}

/// The server allows fewer connections than the pool has places. Those who get none of their own wait for one that comes back.
#[test]
fn a_pool_that_is_larger_than_the_server_allows_works_with_less() {
    let (server, _proxy, _) = behind_proxy();
    server.sql("CREATE USER app@'%' WITH MAX_USER_CONNECTIONS 6").unwrap();
    server.sql("GRANT ALL ON session_test.* TO app@'%'").unwrap();
    let stores = Pair::of(&patient(&server.url().replace("root", "app")).budget(BOUND));
    stores.works(1);
    for loaded in stores.load_at_once(1, 60) {
        assert!(loaded.unwrap().is_some());
    }
}

/// A runtime that begins to connect and is then not driven, as one of a test that ended, is not waited for.
#[test]
fn a_runtime_that_nobody_drives_is_not_waited_for() {
    let (server, _proxy, _) = behind_proxy();
    let store = patient(&server.url()).build().unwrap();
    let stuck = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    stuck.block_on(async {
        let key = key(1);
        let mut load = pin!(Store::load(&store, &key));
        assert!(poll_once(load.as_mut()).is_pending());
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(Store::load(&store, &key(1))).unwrap();
    drop(stuck);
}

/// Connecting takes about eight round trips here, of 100 ms each.
#[test]
fn a_distant_server_is_reached_with_the_default_limits() {
    let (server, proxy, url) = behind_proxy();
    Pair::on(&server.url()).works(1);
    proxy.set(Mode::Delay(Duration::from_millis(50)));
    let stores = Pair::of(&MysqlStore::builder(&url));
    let began = Instant::now();
    // A busy machine may need more than one call.
    while stores.load(1).iter().any(Result::is_err) {
        assert!(began.elapsed() < BOUND, "the server is never reached");
    }
    stores.reads(1);
}

#[test]
fn a_connection_that_is_not_made_in_time_names_the_limit() {
    let (_server, proxy, url) = behind_proxy();
    proxy.set(Mode::Stall);
    let short = Duration::from_millis(50);
    for (builder, limits) in [
        (patient(&url).budget(short), ["budget", "budget"]),
        // The blocking client library has a limit for each step.
        (
            patient(&url).connect_timeout(short).response_timeout(short),
            ["connect_timeout", "response_timeout"],
        ),
    ] {
        for (failed, limit) in Pair::of(&builder).load(1).into_iter().zip(limits) {
            let failed = failed.unwrap_err();
            assert_eq!((failed.kind(), failed.applied()), (StoreErrorKind::Timeout, Applied::No));
            let source = failed.source().unwrap().to_string();
            let says = format!("`Builder::{limit}` raises it");
            assert!(source.contains("no connection") && source.contains(&says), "{source}");
        }
    }
}

#[test]
fn a_connection_has_a_longest_life() {
    let (server, proxy, url) = behind_proxy();
    Pair::on(&server.url()).works(1);
    let stores = Pair::of(&patient(&url).connection_lifetime(Duration::from_millis(300)));
    let began = Instant::now();
    while proxy.traffic().connections < 6 {
        stores.reads(1);
        assert!(began.elapsed() < BOUND, "{:?}", proxy.traffic());
    }
    assert!(proxy.wait(BOUND, |traffic| traffic.open <= 2), "the old ones stay: {:?}", proxy.traffic());
    assert!(began.elapsed() >= Duration::from_millis(2 * 270));
}

/// Some proxies refuse settings that they do not know.
#[test]
fn a_handshake_that_is_refused_is_made_shorter() {
    let (server, _proxy, _) = behind_proxy();
    let middleman = Middleman::start(vec![server.address()]);
    middleman.refuse_queries_with("max_statement_time");
    let stores = Pair::on(&middleman.url("root", MariaDb::DATABASE));
    stores.works(1);
    let data = [7; 100];
    BlockingStore::commit(&stores.blocking, &key(129), revision(1), write(2, &data)).unwrap();
    assert_eq!(middleman.connections(), 2);
}
