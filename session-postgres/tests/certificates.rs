//! Every kind of certificate, and what is encrypted, with both APIs.

#![cfg(all(feature = "tokio", feature = "blocking", feature = "tls"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

mod support;

use std::error::Error as _;

use session_core::store::{Applied, StoreErrorKind};
use session_postgres::Schema;
use session_sqltests::{
    certificates::{self, Fate::Works, Words},
    credentials,
    faults::assert_is,
};
use session_testservers::{
    Directory, Postgres,
    certificates::{Authority, Leaf, ServerTls},
};
use support::{here::Here, pair::Pair};

const WORDS: Words = Words {
    parts: ["sslrootcert", "sslcert", "sslkey"],
    modes: ["sslmode=require", "sslmode=verify-ca", "sslmode=verify-full"],
    unknown: "authority",
};

/// A server with these certificates, whose user `app` has a password and comes in by this kind of rule.
fn server(tls: ServerTls, rule: &str) -> Postgres {
    let builder = Postgres::builder().certificates(tls);
    let builder = builder.access(format!("{rule} all app 127.0.0.1/32 scram-sha-256"));
    // Nobody comes in by the rule for everybody.
    let server = builder.access("host all app 127.0.0.1/32 reject").start().unwrap();
    set_up(&server, "app", "geheim");
    server
}

fn set_up(server: &Postgres, user: &str, password: &str) {
    let schema = Schema::new("alo_session").unwrap();
    server.sql(&schema.create_table()).unwrap();
    server.sql(&format!("CREATE ROLE {user} LOGIN PASSWORD '{password}'")).unwrap();
    server.sql(&schema.grant(user)).unwrap();
}

fn url(server: &Postgres, host: &str, parameters: &str) -> String {
    format!("postgres://app:geheim@{host}:{}/{}?{parameters}", server.address().port(), Postgres::DATABASE)
}

#[test]
fn a_server_must_prove_what_the_url_asks_for() {
    certificates::a_server_must_prove_what_the_url_asks_for::<Here>(
        &WORDS,
        |identity, root| server(ServerTls::new(identity.clone(), root.certificate()), "hostssl"),
        |_| [Works; 2],
    );
}

#[test]
fn what_the_server_wants_encrypted_is_told() {
    let directory = Directory::new().unwrap();
    let root = Authority::make(directory.path(), "root").unwrap();
    let identity = root.issue("server", &Leaf::server("IP:127.0.0.1")).unwrap();
    let server = server(ServerTls::new(identity, root.certificate()), "hostssl");
    for failed in Pair::on(&url(&server, "127.0.0.1", "")).create(1) {
        let failed = failed.unwrap_err();
        assert_is(&failed, StoreErrorKind::Denied, Applied::No);
        let source = failed.source().unwrap().to_string();
        assert!(source.contains("sslmode=verify-full"), "{source}");
    }
    let plain = Postgres::start().unwrap();
    set_up(&plain, "app", "geheim");
    for failed in Pair::on(&url(&plain, "127.0.0.1", "sslmode=require")).create(1) {
        assert_is(&failed.unwrap_err(), StoreErrorKind::Unavailable, Applied::No);
    }
    Pair::on(&url(&plain, "127.0.0.1", "sslmode=disable")).works(1);
}

#[test]
fn a_client_shows_its_certificate() {
    certificates::a_client_shows_its_certificate::<Here>(&WORDS, |identity, root| {
        let tls = ServerTls::new(identity, root.certificate()).want_client_certificate();
        let server = Postgres::builder().certificates(tls).start().unwrap();
        set_up(&server, "app", "geheim");
        server
    });
}

#[test]
fn where_a_part_of_tls_was_asked_for_nothing_is_in_the_clear() {
    certificates::where_a_part_of_tls_was_asked_for_nothing_is_in_the_clear::<Here>(
        &WORDS,
        |identity, root| server(ServerTls::new(identity, root.certificate()), "host"),
        &[],
        &["user"],
    );
}

#[test]
fn credentials_change_while_the_program_runs() {
    let server = Postgres::builder().access("host all one,two 127.0.0.1/32 scram-sha-256").start().unwrap();
    let set_up = |user: &str, password: &str| set_up(&server, user, password);
    let forget = || drop(server.sql("REASSIGN OWNED BY one TO two; DROP OWNED BY one").unwrap());
    credentials::credentials_change_while_the_program_runs::<Here>(&server, set_up, forget);
}
