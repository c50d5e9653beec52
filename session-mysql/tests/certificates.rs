//! Every kind of certificate and every way to log in, on MariaDB with both APIs.

#![cfg(all(feature = "tokio", feature = "blocking", feature = "tls"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

mod support;

use session_mysql::Schema;
use session_sqltests::{
    certificates::{
        self,
        Fate::{NotBuilt, Refused, Works},
        Need, Words,
    },
    credentials,
};
use session_testservers::{
    MariaDb,
    certificates::{Authority, Identity, ServerTls},
};
use support::here::Here;

const WORDS: Words = Words {
    parts: ["ssl-ca", "ssl-cert", "ssl-key"],
    modes: ["ssl-mode=required", "ssl-mode=verify-ca", "ssl-mode=verify-identity"],
    unknown: "`ssl-ca`",
};

/// A server with this certificate, and the user `app`.
fn server(identity: Identity, root: &Authority, requires: &str) -> MariaDb {
    let certificates = ServerTls::new(identity, root.certificate());
    let server = MariaDb::builder().certificates(certificates).start().unwrap();
    server.sql(&Schema::new("alo_session").unwrap().create_table()).unwrap();
    server.sql(&format!("CREATE USER 'app'@'%' IDENTIFIED BY 'geheim' {requires}")).unwrap();
    server.sql(&Schema::new("alo_session").unwrap().grant("app@%")).unwrap();
    server
}

#[test]
fn a_server_must_prove_what_the_url_asks_for() {
    certificates::a_server_must_prove_what_the_url_asks_for::<Here>(
        &WORDS,
        |identity, root| server(identity.clone(), root, "REQUIRE SSL"),
        |need| match need {
            Need::AnyName => [
                Works,
                NotBuilt("is not possible, because its client library also trusts the public authorities"),
            ],
            Need::ServerName => [Works, NotBuilt("a `server-name` other than the host is not possible")],
            Need::OwnAuthority => [Refused("CA:FALSE"); 2],
        },
    );
}

#[test]
fn a_client_shows_its_certificate() {
    let start = |identity, root: &_| server(identity, root, "REQUIRE X509");
    certificates::a_client_shows_its_certificate::<Here>(&WORDS, start);
}

#[test]
fn where_a_part_of_tls_was_asked_for_nothing_is_in_the_clear() {
    certificates::where_a_part_of_tls_was_asked_for_nothing_is_in_the_clear::<Here>(
        &WORDS,
        |identity, root| server(identity, root, ""),
        &[("tls=skip-verify", true), ("tls=true", false)],
        &["SET SESSION"],
    );
}

#[test]
fn credentials_change_while_the_program_runs() {
    let server = MariaDb::start().unwrap();
    let schema = Schema::new("alo_session").unwrap();
    server.sql(&schema.create_table()).unwrap();
    let set_up = |user: &str, password: &str| {
        server.sql(&format!("CREATE USER '{user}'@'%' IDENTIFIED BY '{password}'")).unwrap();
        server.sql(&schema.grant(&format!("{user}@%"))).unwrap();
    };
    let forget = || drop(server.sql("DROP USER 'one'@'%'").unwrap());
    credentials::credentials_change_while_the_program_runs::<Here>(&server, set_up, forget);
}
