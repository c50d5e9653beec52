//! TLS and Unix sockets, with both APIs.

#![cfg(all(feature = "tokio", feature = "blocking", feature = "tls"))]
#![allow(clippy::unwrap_used, reason = "test code")]

mod support;

use session_core::store::{Applied, StoreErrorKind};
use session_postgres::Schema;
use session_testservers::Postgres;
use support::pair::Pair;

/// A server whose user `app` may connect with TLS only.
fn server(tls: bool) -> Postgres {
    let builder = Postgres::builder().access("hostnossl all app all reject");
    let server = if tls { builder.tls().start() } else { builder.start() }.unwrap();
    let schema = Schema::new("alo_session").unwrap();
    server.sql(&schema.create_table()).unwrap();
    server.sql("CREATE ROLE app LOGIN").unwrap();
    server.sql(&schema.grant("app")).unwrap();
    server
}

fn url(server: &Postgres, parameters: &str) -> String {
    format!("postgres://app@{}/{}?{parameters}", server.address(), Postgres::DATABASE)
}

#[test]
fn a_server_of_the_right_name_is_trusted_and_no_other() {
    let (server, stranger) = (server(true), server(true));
    let authority = server.authority().unwrap().display();
    Pair::on(&url(&server, &format!("sslmode=verify-full&sslrootcert={authority}"))).works(1);
    Pair::on(&url(&server, &format!("sslmode=verify-ca&sslrootcert={authority}"))).works(2);
    Pair::on(&url(&server, "sslmode=require")).works(3);
    for parameters in [
        "sslmode=verify-full".to_owned(),
        format!("sslmode=verify-full&sslrootcert={authority}"),
        format!("sslmode=verify-ca&sslrootcert={authority}"),
    ] {
        for failed in Pair::on(&url(&stranger, &parameters)).create(4) {
            let failed = failed.unwrap_err();
            assert_eq!(
                (failed.kind(), failed.applied()),
                (StoreErrorKind::Unavailable, Applied::No),
                "{failed:?}"
            );
        }
    }
    let other_name = format!("sslrootcert={authority}&server-name=other.test");
    for failed in Pair::on(&url(&server, &other_name)).create(4) {
        let failed = format!("{:?}", failed.unwrap_err());
        assert!(failed.contains("is for another name"), "{failed}");
    }
    for failed in Pair::on(&url(&server, "sslmode=disable")).create(4) {
        let failed = failed.unwrap_err();
        assert_eq!(failed.kind(), StoreErrorKind::Denied);
        assert!(format!("{failed:?}").contains("pg_hba.conf"), "{failed:?}");
    }
}

#[test]
fn what_was_to_be_encrypted_is_never_sent_in_the_clear() {
    let server = server(false);
    server.sql("CREATE ROLE open LOGIN").unwrap();
    server.sql(&Schema::new("alo_session").unwrap().grant("open")).unwrap();
    let url = url(&server, "sslmode=require").replace("app@", "open@");
    for failed in Pair::on(&url).create(1) {
        let failed = failed.unwrap_err();
        assert_eq!(
            (failed.kind(), failed.applied()),
            (StoreErrorKind::Unavailable, Applied::No),
            "{failed:?}"
        );
        assert!(format!("{failed:?}").contains("no encryption"), "{failed:?}");
    }
    Pair::on(&url.replace("require", "disable")).works(1);
}

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
