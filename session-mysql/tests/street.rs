//! What is told in place of a reply, for every kind of write, through the sessions of an application.

#![cfg(all(feature = "tokio", feature = "blocking"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code")]

mod support;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant, SystemTime},
};

use session_core::{
    OpenSession, SessionConfig, Timestamp, Visit,
    blocking::Sessions,
    cookie::SetCookie,
    exchange::Settled,
    id::{Digest, Family, StoreKey},
    store::{Applied, BlockingStore, Store},
};
use session_mysql::{Schema, blocking};
use session_testservers::{
    MariaDb,
    proxy::{Mode, Proxy},
};
use support::{
    middleman::Middleman,
    pair::{BOUND, Pair, key, patient, write},
};

fn server() -> MariaDb {
    let server = MariaDb::start().unwrap();
    server.sql(&Schema::new("alo_session").unwrap().create_table()).unwrap();
    server
}

fn now() -> Timestamp {
    Timestamp::from(SystemTime::now())
}

fn jar(settled: &Settled) -> String {
    let SetCookie::Set { id, .. } = &settled.cookie else { panic!("no cookie") };
    format!("AloSession={}", id.expose().as_str())
}

fn open(sessions: &Sessions<blocking::MysqlStore>, jar: &str) -> OpenSession {
    sessions.open(&Visit::new().cookie(jar.as_bytes()), now()).unwrap()
}

/// Codes that are no certain refusal. The write was done nevertheless.
const DOUBTFUL: [u16; 6] = [1105, 1180, 1317, 2006, 3500, 9001];

#[test]
fn what_is_told_in_place_of_a_reply_signs_nobody_in() {
    let server = server();
    let config = SessionConfig::with(|settings| settings.sweep_one_in = 0).unwrap();
    for (code, at_commit) in DOUBTFUL.into_iter().flat_map(|code| [(code, false), (code, true)]) {
        let case = format!("{code}, at the commit: {at_commit}");
        let middleman = Middleman::start(vec![server.address()]);
        let store = patient(&middleman.url("root", MariaDb::DATABASE)).pool_size(1).build_blocking();
        let sessions = Sessions::new(store.unwrap(), config.clone());
        let direct = Sessions::new(patient(&server.url()).build_blocking().unwrap(), config.clone());
        let lie = |times: u32| {
            if at_commit {
                middleman.refuse_queries_with("COMMIT");
            }
            middleman.reply_falsely(code, if at_commit { 0 } else { times });
        };

        // An error at a sign-in: whatever the browser still has is not signed in.
        let session = open(&sessions, "");
        session.set("n", 1).unwrap();
        let old = jar(&sessions.save(&session, now()).unwrap());
        let session = open(&sessions, &old);
        session.login("ada").unwrap();
        lie(9);
        if let Ok(settled) = sessions.save(&session, now()) {
            let signed_in = open(&direct, &jar(&settled)).owner().map(|owner| owner.to_string());
            assert_eq!(signed_in.as_deref(), Some("ada"), "{case}");
        }
        assert!(open(&direct, &old).owner().is_none(), "{case}");
    }
}

/// The count of a revoke is right or is not told.
#[test]
fn a_revoke_whose_reply_is_replaced_ends_all_and_tells_no_wrong_number() {
    let server = server();
    let family = Family::of_owner("ada", None);
    let owned = |number| StoreKey { family, digest: Digest::from_bytes([number; 32]) };
    let direct = Pair::on(&server.url());
    for (code, times) in DOUBTFUL.into_iter().flat_map(|code| [1, 2, 9].map(|times| (code, times))) {
        for is_blocking in [true, false] {
            let middleman = Middleman::start(vec![server.address()]);
            let stores = Pair::of(&patient(&middleman.url("root", MariaDb::DATABASE)).pool_size(1));
            for number in 1..=3 {
                BlockingStore::create(&direct.blocking, &owned(number), write(number, b"x"), None).unwrap();
            }
            let case = format!("{code}, {times} times, blocking: {is_blocking}");
            middleman.reply_falsely(code, times);
            let told = if is_blocking {
                BlockingStore::revoke(&stores.blocking, &family, None)
            } else {
                stores.runtime.block_on(Store::revoke(&stores.nonblocking, &family, None))
            };
            middleman.reply_falsely(code, 0);
            let again = BlockingStore::revoke(&stores.blocking, &family, None).unwrap();
            match told.map_err(|error| error.applied()) {
                Ok(ended) => assert_eq!((ended, again), (3, 0), "{case}"),
                Err(Applied::No) => assert_eq!(again, 3, "{case}"),
                Err(_) => assert!([0, 3].contains(&again), "{case}: {again}"),
            }
            for number in 1..=3 {
                assert!(BlockingStore::load(&direct.blocking, &owned(number)).unwrap().is_none(), "{case}");
            }
        }
    }
}

/// Two hundred impatient callers of the asynchronous API and fifty of the blocking one in an outage; all of them come back, and
/// the server has no more connections in the end than the pools have places.
#[test]
fn after_an_outage_all_impatient_callers_come_back_within_the_pool() {
    const CALLERS: usize = 200;
    let server = server();
    let proxy = Proxy::start(server.address()).unwrap();
    let url = format!("mysql://root@{}/{}", proxy.address(), MariaDb::DATABASE);
    let stores = Pair::of(&patient(&url).pool_size(4));
    let impatient = patient(&url).pool_size(4).budget(Duration::from_millis(50)).build_blocking().unwrap();
    stores.works(1);
    proxy.set(Mode::Refuse);
    proxy.cut();
    let (is_over, began) = (AtomicBool::new(false), Instant::now());
    let nonblocking: Vec<_> = (0..CALLERS)
        .map(|_| {
            let store = stores.nonblocking.clone();
            stores.runtime.spawn(async move {
                let patience = Duration::from_millis(50);
                while !matches!(
                    tokio::time::timeout(patience, Store::load(&store, &key(1))).await,
                    Ok(Ok(Some(_)))
                ) {
                    assert!(began.elapsed() < BOUND);
                    tokio::task::yield_now().await;
                }
            })
        })
        .collect();
    thread::scope(|scope| {
        let callers: Vec<_> = (0..CALLERS / 4)
            .map(|_| {
                scope.spawn(|| {
                    while BlockingStore::load(&impatient, &key(129)).is_err() {
                        assert!(began.elapsed() < BOUND);
                        thread::sleep(Duration::from_millis(5));
                    }
                })
            })
            .collect();
        let watched = scope.spawn(|| {
            let mut most = 0;
            while !is_over.load(Ordering::Relaxed) {
                most = proxy.traffic().open.max(most);
                thread::sleep(Duration::from_millis(2));
            }
            most
        });
        proxy.set(Mode::Pass);
        for caller in callers {
            caller.join().unwrap();
        }
        for caller in nonblocking {
            stores.runtime.block_on(caller).unwrap();
        }
        is_over.store(true, Ordering::Relaxed);
        let most = watched.join().unwrap();
        // Three pools of four, of which one is idle. The proxy learns of an end after the pool, and the blocking API says goodbye on
        // a thread of its own, so for a moment a connection may be counted beside its successor.
        assert!(most <= 16, "{most} connections");
        assert!(proxy.wait(BOUND, |traffic| traffic.open <= 8), "{} connections", proxy.traffic().open);
    });
}

/// A call that is dropped at any await gives back its place.
#[test]
fn a_pool_of_one_survives_calls_that_stop_at_any_await() {
    let server = server();
    let stores = Pair::of(&patient(&server.url()).pool_size(1));
    stores.works(1);
    let store = Arc::new(stores.nonblocking.clone());
    stores.runtime.block_on(async {
        for polls in 0..12 {
            let (key, data) = (key(1), [1; 100]);
            let mut alone = Box::pin(Store::create(&*store, &key, write(1, &data), None));
            for _ in 0..polls {
                let mut context = std::task::Context::from_waker(std::task::Waker::noop());
                if alone.as_mut().poll(&mut context).is_ready() {
                    break;
                }
                tokio::task::yield_now().await;
                thread::sleep(Duration::from_millis(2));
            }
            drop(alone);
            assert!(Store::load(&*store, &support::pair::key(1)).await.unwrap().is_some(), "{polls}");
        }
    });
}

/// A name with two servers behind it, one of which takes no writes.
#[test]
fn a_read_only_server_of_two_costs_no_write() {
    let servers = [server(), server()];
    for server in &servers {
        server.sql("CREATE USER IF NOT EXISTS app").unwrap();
        server.sql(&Schema::new("alo_session").unwrap().grant("app@%")).unwrap();
    }
    servers[0].sql("SET GLOBAL read_only=1").unwrap();
    let middleman = Middleman::start(servers.iter().map(MariaDb::address).collect());
    let stores = Pair::on(&middleman.url("app", MariaDb::DATABASE));
    for number in 1..40 {
        for created in stores.create(number) {
            created.unwrap_or_else(|error| panic!("{number}: {error:?}"));
        }
    }
}
