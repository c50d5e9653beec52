//! Who may log in, and how a connection ends, with both APIs.

#![cfg(all(feature = "tokio", feature = "blocking"))]
#![allow(clippy::unwrap_used, reason = "test code")]

mod support;

use session_core::store::{Applied, StoreErrorKind};
use session_postgres::Schema;
use session_testservers::{Postgres, proxy::Proxy};
use support::pair::{BOUND, Pair};

#[test]
fn a_password_is_asked_for_and_checked() {
    let server = Postgres::builder().access("host all ann all scram-sha-256").start().unwrap();
    let schema = Schema::new("alo_session").unwrap();
    server.sql(&schema.create_table()).unwrap();
    server.sql("CREATE ROLE ann LOGIN PASSWORD 'p@ss'").unwrap();
    server.sql(&schema.grant("ann")).unwrap();
    let url = |login: &str| format!("postgres://{login}@{}/{}", server.address(), Postgres::DATABASE);
    Pair::on(&url("ann:p%40ss")).works(1);
    for login in ["ann", "ann:geheim"] {
        for failed in Pair::on(&url(login)).create(2) {
            let failed = failed.unwrap_err();
            assert_eq!(
                (failed.kind(), failed.applied()),
                (StoreErrorKind::Denied, Applied::No),
                "{failed:?}"
            );
            assert!(!format!("{failed:?} {failed}").contains("geheim"), "{failed:?}");
        }
    }
}

#[test]
fn a_connection_ends_with_a_goodbye() {
    let server = Postgres::start().unwrap();
    server.sql(&Schema::new("alo_session").unwrap().create_table()).unwrap();
    let proxy = Proxy::start(server.address()).unwrap();
    let url = server.url().replace(&server.address().to_string(), &proxy.address().to_string());
    let pair = Pair::on(&url);
    pair.works(1);
    let connections = proxy.traffic().open;
    assert!(connections >= 2, "one of each API");
    proxy.record();
    let Pair { runtime, nonblocking, blocking } = pair;
    drop((nonblocking, blocking));
    assert!(proxy.wait(BOUND, |traffic| traffic.open == 0), "{:?}", proxy.traffic());
    assert_eq!(proxy.recorded(), b"X\0\0\0\x04".repeat(connections.try_into().unwrap()));
    drop(runtime);
}
