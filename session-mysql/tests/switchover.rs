//! A server that does not serve any more is left, and what a proxy answers in its place doubles nothing.

#![cfg(all(feature = "tokio", feature = "blocking"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code")]

mod support;

use std::{
    thread,
    time::{Duration, Instant, SystemTime},
};

use session_core::{
    SessionConfig, Sessions, Timestamp, Visit,
    blocking::Sessions as BlockingSessions,
    id::{Digest, Family, StoreKey},
    store::{Applied, BlockingStore, CommitOutcome, Store, StoreErrorKind},
};
use session_mysql::Schema;
use session_testservers::{MariaDb, proxy::Proxy};
use support::{
    middleman::Middleman,
    pair::{BOUND, Pair, key, patient, revision, write},
};

fn server() -> MariaDb {
    let server = MariaDb::start().unwrap();
    let schema = Schema::new("alo_session").unwrap();
    server.sql(&schema.create_table()).unwrap();
    server.sql("CREATE USER 'app'@'%'").unwrap();
    server.sql(&schema.grant("app@%")).unwrap();
    server
}

fn app(address: impl std::fmt::Display) -> String {
    format!("mysql://app@{address}/{}", MariaDb::DATABASE)
}

fn connections(server: &MariaDb) -> String {
    server
        .sql("SELECT COUNT(*) FROM information_schema.processlist WHERE user='app'")
        .unwrap()
        .trim()
        .to_owned()
}

#[test]
fn writes_go_on_at_once_on_the_new_server() {
    let (old, new) = (server(), server());
    let proxy = Proxy::start(old.address()).unwrap();
    let stores = Pair::on(&app(proxy.address()));
    let owned = |digest| {
        let digest = Digest::from_bytes([digest; 32]);
        StoreKey { family: Family::from_bytes([0x90; 16]), digest }
    };
    // What the new server has from the old one.
    for server in [&old, &new] {
        let direct = Pair::on(&app(server.address()));
        direct.works(1);
        BlockingStore::create(&direct.blocking, &owned(1), write(1, b"ada"), None).unwrap();
    }
    assert!(stores.load_at_once(1, 8).into_iter().all(|loaded| loaded.is_ok()));
    old.sql("SET GLOBAL read_only=1").unwrap();
    proxy.lead_to(new.address());
    let began = Instant::now();
    for number in 2..20 {
        for written in stores.commit(1, number - 1, number) {
            assert_eq!(written.unwrap(), CommitOutcome::Written, "of revision {number}");
        }
    }
    assert!(began.elapsed() < BOUND);
    // Nothing was applied to the old server, and nobody is there any more.
    let revisions = |server: &MariaDb| {
        server
            .sql(
                "SELECT DISTINCT HEX(revision) FROM alo_session WHERE owned=0 AND digest<>REPEAT(CHAR(0),32)",
            )
            .unwrap()
            .trim()
            .to_owned()
    };
    assert_eq!((revisions(&old), revisions(&new)), ("01".repeat(16), "13".repeat(16)));
    while connections(&old) != "0" {
        assert!(began.elapsed() < BOUND, "{} connections stay on the old server", connections(&old));
    }
    // What another process ends on the new server has ended here, too.
    let direct = Pair::on(&app(new.address()));
    assert_eq!(BlockingStore::revoke(&direct.blocking, &owned(1).family, None).unwrap(), 1);
    assert!(BlockingStore::load(&stores.blocking, &owned(1)).unwrap().is_none());
    assert!(stores.runtime.block_on(Store::load(&stores.nonblocking, &owned(1))).unwrap().is_none());
}

/// The refusal of the bad server is fast, and its connection would be on top of the idle ones each time.
#[test]
fn one_bad_server_of_three_does_not_serve_half_of_the_calls() {
    const CALLS: usize = 400;
    let servers = [server(), server(), server()];
    for server in &servers {
        Pair::on(&app(server.address())).works(1);
    }
    let middleman = Middleman::start(servers.iter().map(MariaDb::address).collect());
    let stores = Pair::on(&middleman.url("app", MariaDb::DATABASE));
    assert!(stores.load_at_once(1, 8).into_iter().all(|loaded| loaded.is_ok()));
    servers[1].sql("SET GLOBAL read_only=1").unwrap();
    let touch = Duration::from_secs(600);
    let failed: usize = thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|thread| {
                let stores = &stores;
                scope.spawn(move || {
                    (0..CALLS / 8)
                        .filter(|_| {
                            let result = if thread % 2 == 0 {
                                BlockingStore::touch(&stores.blocking, &key(129), revision(1), touch)
                            } else {
                                stores.runtime.block_on(Store::touch(
                                    &stores.nonblocking,
                                    &key(1),
                                    revision(1),
                                    touch,
                                ))
                            };
                            result.is_err()
                        })
                        .count()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert!(failed * 20 < CALLS, "{failed} of {CALLS} calls fail");
}

/// No other server is better, so there is no use in a handshake for each request.
#[test]
fn a_server_that_is_read_only_for_long_keeps_its_connections() {
    let server = server();
    let middleman = Middleman::start(vec![server.address()]);
    let stores = Pair::on(&middleman.url("app", MariaDb::DATABASE));
    stores.works(1);
    server.sql("SET GLOBAL read_only=1").unwrap();
    let (before, began) = (middleman.connections(), Instant::now());
    for _ in 0..200 {
        for failed in stores.create(2) {
            let failed = failed.unwrap_err();
            assert_eq!(
                (failed.kind(), failed.applied()),
                (StoreErrorKind::ReadOnly, Applied::No),
                "{failed:?}"
            );
        }
        stores.reads(1);
    }
    let made = middleman.connections() - before;
    let most = 2 * (12 + 4 * usize::try_from(began.elapsed().as_secs()).unwrap());
    assert!(made <= most, "{made} connections for 400 writes");
    server.sql("SET GLOBAL read_only=0").unwrap();
    stores.works(2);
}

/// The second attempt needs another connection, the sixteen after it do not.
#[test]
fn conflicts_after_a_broken_connection_make_no_further_connections() {
    let server = server();
    let middleman = Middleman::start(vec![server.address()]);
    let stores = Pair::of(&patient(&middleman.url("app", MariaDb::DATABASE)).pool_size(2));
    stores.works(1);
    server
        .sql(
            "CREATE TRIGGER refuse BEFORE INSERT ON alo_session FOR EACH ROW \
             SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO=1213, MESSAGE_TEXT='as told'",
        )
        .unwrap();
    let before = middleman.connections();
    for broken in 1..=2 {
        middleman.reply_falsely(2013, 1);
        let data = [2; 100];
        let failed = if broken == 1 {
            BlockingStore::create(&stores.blocking, &key(130), write(1, &data), None)
        } else {
            stores.runtime.block_on(Store::create(&stores.nonblocking, &key(2), write(1, &data), None))
        };
        // The first attempt may have been applied, as far as the store knows.
        assert_eq!(failed.unwrap_err().applied(), Applied::Unknown);
        assert_eq!(middleman.connections() - before, broken);
    }
}

/// A trigger says what a server, a cluster or a proxy would say.
#[test]
fn what_is_not_known_is_told_as_doubtful() {
    let server = server();
    let stores = Pair::on(&app(server.address()));
    stores.works(1);
    for (code, kind, applied) in [
        (1105, StoreErrorKind::Unavailable, Applied::Unknown),
        (2013, StoreErrorKind::Unavailable, Applied::Unknown),
        (9001, StoreErrorKind::Unavailable, Applied::Unknown),
        (1180, StoreErrorKind::Other, Applied::Unknown),
        (3500, StoreErrorKind::Other, Applied::Unknown),
        (3101, StoreErrorKind::Overloaded, Applied::No),
        (3100, StoreErrorKind::Unavailable, Applied::No),
        (1047, StoreErrorKind::Unavailable, Applied::No),
        (3032, StoreErrorKind::Unavailable, Applied::No),
        (3159, StoreErrorKind::Denied, Applied::No),
        (1461, StoreErrorKind::Overloaded, Applied::No),
        (1792, StoreErrorKind::ReadOnly, Applied::No),
        (1205, StoreErrorKind::Unavailable, Applied::No),
        (1213, StoreErrorKind::Overloaded, Applied::No),
    ] {
        server
            .sql(&format!(
                "CREATE TRIGGER refuse BEFORE INSERT ON alo_session FOR EACH ROW \
             SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO={code}, MESSAGE_TEXT='as told'"
            ))
            .unwrap();
        for failed in stores.create(2) {
            let failed = failed.unwrap_err();
            assert_eq!((failed.kind(), failed.applied()), (kind, applied), "{code}: {failed:?}");
        }
        server.sql("DROP TRIGGER refuse").unwrap();
        stores.reads(1);
    }
    stores.works(2);
}

/// The write was done, and the proxy says it was not. Saving the same session again must not count twice.
#[test]
fn an_error_in_place_of_the_reply_doubles_nothing() {
    let server = server();
    let config = SessionConfig::with(|settings| settings.sweep_one_in = 0).unwrap();
    // Once, at both attempts of the store, and for all that the core tries as well.
    let cases =
        [1105, 2013, 9001, 1180, 3500].into_iter().flat_map(|code| [1, 2, 9].map(|times| (code, times)));
    for (code, times) in cases {
        let middleman = Middleman::start(vec![server.address()]);
        let builder = patient(&middleman.url("app", MariaDb::DATABASE)).pool_size(1);
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let nonblocking = Sessions::new(builder.clone().build().unwrap(), config.clone());
        let blocking = BlockingSessions::new(builder.build_blocking().unwrap(), config.clone());
        for is_blocking in [false, true] {
            let now = Timestamp::from(SystemTime::now());
            let open = |jar: Option<&str>| {
                let visit = jar.map_or_else(Visit::new, |jar| Visit::new().cookie(jar.as_bytes()));
                if is_blocking {
                    blocking.open(&visit, now)
                } else {
                    runtime.block_on(nonblocking.open(&visit, now))
                }
                .unwrap()
            };
            let save = |session: &_| {
                if is_blocking {
                    blocking.save(session, now)
                } else {
                    runtime.block_on(nonblocking.save(session, now))
                }
            };
            let count = |n: &mut u32| {
                *n += 1;
                *n
            };
            let first = open(None);
            first.update("n", count).unwrap();
            let settled = save(&first).unwrap();
            let session_core::cookie::SetCookie::Set { id, .. } = &settled.cookie else {
                panic!("no cookie")
            };
            let jar = format!("AloSession={}", id.expose().as_str());
            // The statements of the next save are prepared.
            let second = open(Some(&jar));
            second.set("prepared", 1).unwrap();
            save(&second).unwrap();
            let session = open(Some(&jar));
            session.update("n", count).unwrap();
            middleman.reply_falsely(code, times);
            let told = save(&session);
            assert_ne!(middleman.false_replies_left(), times);
            assert_eq!(told.is_ok(), times < 9, "{code}, {times} times: {told:?}");
            middleman.reply_falsely(code, 0);
            save(&session).unwrap();
            assert_eq!(open(Some(&jar)).get::<u32>("n").unwrap(), Some(2), "{code}, blocking: {is_blocking}");
        }
    }
}
