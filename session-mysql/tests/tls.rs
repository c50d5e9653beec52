//! TLS and Unix sockets, with both APIs.

#![cfg(all(feature = "tokio", feature = "blocking", feature = "tls"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

mod support;

use session_core::store::{Applied, StoreErrorKind};
use session_mysql::Schema;
use session_testservers::MariaDb;
use support::pair::Pair;

/// A server whose user `app` may connect with TLS only.
fn server(tls: bool) -> MariaDb {
    let server = if tls { MariaDb::builder().tls().start() } else { MariaDb::start() }.unwrap();
    server.sql(&Schema::new("alo_session").unwrap().create_table()).unwrap();
    server.sql("CREATE USER 'app'@'%' REQUIRE SSL").unwrap();
    server.sql(&Schema::new("alo_session").unwrap().grant("app@%")).unwrap();
    server
}

fn url(server: &MariaDb, parameters: &str) -> String {
    format!("mysql://app@{}/{}?{parameters}", server.address(), MariaDb::DATABASE)
}

#[test]
fn a_server_of_the_right_name_is_trusted_and_no_other() {
    let (server, stranger) = (server(true), server(true));
    let authority = server.authority().unwrap().display();
    Pair::on(&url(&server, &format!("ssl-mode=verify-identity&ssl-ca={authority}"))).works(1);
    Pair::on(&url(&server, "ssl-mode=REQUIRED")).works(2);
    for parameters in
        ["ssl-mode=verify-identity".to_owned(), format!("ssl-mode=verify_identity&ssl-ca={authority}")]
    {
        for failed in Pair::on(&url(&stranger, &parameters)).create(3) {
            let failed = failed.unwrap_err();
            assert_eq!(
                (failed.kind(), failed.applied()),
                (StoreErrorKind::Unavailable, Applied::No),
                "{failed:?}"
            );
        }
    }
    for failed in Pair::on(&url(&server, "ssl-mode=disabled")).create(3) {
        assert_eq!(failed.unwrap_err().kind(), StoreErrorKind::Denied);
    }
}

#[test]
fn what_was_to_be_encrypted_is_never_sent_in_the_clear() {
    let server = server(false);
    server.sql("CREATE USER 'open'@'%'").unwrap();
    server.sql(&Schema::new("alo_session").unwrap().grant("open@%")).unwrap();
    let url = url(&server, "ssl-mode=required").replace("app@", "open@");
    for failed in Pair::on(&url).create(1) {
        let failed = failed.unwrap_err();
        assert_eq!(
            (failed.kind(), failed.applied()),
            (StoreErrorKind::Unavailable, Applied::No),
            "{failed:?}"
        );
    }
    Pair::on(&url.replace("required", "disabled")).works(1);
}

#[test]
fn a_socket_is_as_good_as_a_port() {
    let server = server(false);
    let socket = server.socket();
    let url = format!("mysql://root@localhost/{}?socket={}", MariaDb::DATABASE, socket.display());
    Pair::on(&url).works(1);
    server.restart().unwrap();
    Pair::on(&url).works(2);
}
