//! Every kind of certificate, and what is encrypted, with both APIs.

#![cfg(all(feature = "tokio", feature = "blocking", feature = "tls"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

mod support;

use std::{error::Error as _, path::Path};

use session_core::store::{Applied, StoreErrorKind};
use session_postgres::{BuildError, PostgresStore, Schema};
use session_sqltests::credentials;
use session_testservers::{
    Directory, Postgres,
    certificates::{Authority, Identity, Leaf, ServerTls, self_signed},
    proxy::Proxy,
};
use support::{here::Here, pair::Pair};

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

fn path(certificate: &Path) -> std::path::Display<'_> {
    certificate.display()
}

#[test]
fn a_server_must_prove_what_the_url_asks_for() {
    let directory = Directory::new().unwrap();
    let root = Authority::make(directory.path(), "root").unwrap();
    let below = root.intermediate("below").unwrap();
    let by_name = root.issue("by-name", &Leaf::server("DNS:localhost")).unwrap();
    let by_address = below.issue("by-address", &Leaf::server("IP:127.0.0.1")).unwrap();
    let nameless = root.issue("nameless", &Leaf::server("")).unwrap();
    let late = root.issue("late", &Leaf::server("DNS:localhost").expired()).unwrap();
    let leaf = self_signed(directory.path(), "leaf", &Leaf::server("DNS:localhost")).unwrap();
    let ca = format!("sslrootcert={}", path(root.certificate()));
    let leaf_ca = format!("sslrootcert={}", path(&leaf.certificate));
    let name = Some("for another name");
    #[rustfmt::skip]
    let rows: [(&Identity, &str, String, Option<&str>); 15] = [
        (&by_name, "localhost", ca.clone(), None),
        (&by_name, "localhost", format!("sslmode=verify-full&{ca}"), None),
        (&by_name, "127.0.0.1", ca.clone(), name),
        (&by_name, "127.0.0.1", format!("{ca}&server-name=localhost"), None),
        (&by_name, "127.0.0.1", format!("sslmode=verify-ca&{ca}"), None),
        (&by_name, "127.0.0.1", "sslmode=require".to_owned(), None),
        (&by_name, "localhost", "sslmode=verify-full".to_owned(), Some("authority")),
        (&by_name, "localhost", format!("sslmode=verify-ca&{leaf_ca}"), Some("authority")),
        (&by_address, "127.0.0.1", ca.clone(), None),
        (&by_address, "localhost", ca.clone(), name),
        (&nameless, "localhost", ca.clone(), name),
        (&nameless, "localhost", format!("sslmode=verify-ca&{ca}"), None),
        (&late, "localhost", format!("sslmode=verify-ca&{ca}"), Some("clock")),
        (&leaf, "localhost", leaf_ca.clone(), None),
        (&leaf, "localhost", "sslmode=require".to_owned(), None),
    ];
    let mut servers: Vec<(&Path, Postgres)> = Vec::new();
    for (number, (identity, host, parameters, refused)) in (1..).zip(&rows) {
        if !servers.iter().any(|(certificate, _)| *certificate == identity.certificate) {
            let tls = ServerTls::new((*identity).clone(), root.certificate());
            servers.push((&identity.certificate, server(tls, "hostssl")));
        }
        let (_, server) = servers.iter().find(|(path, _)| *path == identity.certificate).unwrap();
        let told = format!("{} {host} {parameters}", path(&identity.certificate));
        for result in Pair::on(&url(server, host, parameters)).create(number) {
            match (refused, result) {
                (None, result) => drop(result.unwrap_or_else(|error| panic!("{told}: {error:?}"))),
                (Some(_), Ok(_)) => panic!("{told}: connected"),
                (Some(text), Err(error)) => {
                    assert_eq!(
                        (error.kind(), error.applied()),
                        (StoreErrorKind::Unavailable, Applied::No),
                        "{told}"
                    );
                    let source = error.source().unwrap().to_string();
                    assert!(source.contains(text), "{told}: {source}");
                }
            }
        }
    }
}

#[test]
fn what_the_server_wants_encrypted_is_told() {
    let directory = Directory::new().unwrap();
    let root = Authority::make(directory.path(), "root").unwrap();
    let identity = root.issue("server", &Leaf::server("IP:127.0.0.1")).unwrap();
    let server = server(ServerTls::new(identity, root.certificate()), "hostssl");
    for failed in Pair::on(&url(&server, "127.0.0.1", "")).create(1) {
        let failed = failed.unwrap_err();
        assert_eq!((failed.kind(), failed.applied()), (StoreErrorKind::Denied, Applied::No), "{failed:?}");
        let source = failed.source().unwrap().to_string();
        assert!(source.contains("sslmode=verify-full"), "{source}");
    }
    let plain = Postgres::start().unwrap();
    set_up(&plain, "app", "geheim");
    for failed in Pair::on(&url(&plain, "127.0.0.1", "sslmode=require")).create(1) {
        let failed = failed.unwrap_err();
        assert_eq!(
            (failed.kind(), failed.applied()),
            (StoreErrorKind::Unavailable, Applied::No),
            "{failed:?}"
        );
    }
    Pair::on(&url(&plain, "127.0.0.1", "sslmode=disable")).works(1);
}

#[test]
fn a_client_shows_its_certificate() {
    let directory = Directory::new().unwrap();
    let root = Authority::make(directory.path(), "root").unwrap();
    let identity = root.issue("server", &Leaf::server("IP:127.0.0.1")).unwrap();
    let curve = root.issue("curve", &Leaf::client()).unwrap();
    let rsa = root.issue("rsa", &Leaf::client().rsa()).unwrap();
    let tls = ServerTls::new(identity, root.certificate()).want_client_certificate();
    let server = Postgres::builder().certificates(tls).start().unwrap();
    set_up(&server, "app", "geheim");
    let ca = path(root.certificate());
    let with = |identity: &Identity, key: &Path| {
        let certificate = path(&identity.certificate);
        url(&server, "127.0.0.1", &format!("sslrootcert={ca}&sslcert={certificate}&sslkey={}", path(key)))
    };
    for (number, url) in (1..).zip([
        with(&curve, &curve.key),
        with(&curve, &curve.traditional_key().unwrap()),
        with(&rsa, &rsa.key),
        with(&rsa, &rsa.traditional_key().unwrap()),
    ]) {
        Pair::on(&url).works(number);
    }
    for failed in Pair::on(&url(&server, "127.0.0.1", &format!("sslrootcert={ca}"))).create(9) {
        let failed = failed.unwrap_err();
        assert_eq!((failed.kind(), failed.applied()), (StoreErrorKind::Denied, Applied::No), "{failed:?}");
    }
    for (url, expected) in [
        (with(&curve, &rsa.key), "does not belong to the certificate"),
        (with(&curve, Path::new("/nowhere.key")), "/nowhere.key"),
        (url(&server, "127.0.0.1", "sslrootcert=/nowhere.pem"), "/nowhere.pem"),
    ] {
        let blocking = session_postgres::blocking::PostgresStore::connect(&url).err();
        for error in [PostgresStore::connect(&url).err(), blocking] {
            let error = error.unwrap();
            assert!(matches!(error, BuildError::Tls(_)) && error.to_string().contains(expected), "{error}");
        }
    }
}

#[test]
fn where_a_part_of_tls_was_asked_for_nothing_is_in_the_clear() {
    let directory = Directory::new().unwrap();
    let root = Authority::make(directory.path(), "root").unwrap();
    let identity = root.issue("server", &Leaf::server("IP:127.0.0.1")).unwrap();
    let client = root.issue("client", &Leaf::client()).unwrap();
    let server = server(ServerTls::new(identity, root.certificate()), "host");
    let ca = path(root.certificate());
    let shown = format!("sslcert={}&sslkey={}", path(&client.certificate), path(&client.key));
    let record = |number: u8, parameters: &str| {
        let proxy = Proxy::start(server.address()).unwrap();
        proxy.record();
        let url = format!("postgres://app:geheim@{}/{}?{parameters}", proxy.address(), Postgres::DATABASE);
        let results = Pair::on(&url).create(number);
        (results.map(|result| result.is_ok()), proxy.recorded())
    };
    let has = |bytes: &[u8], text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    let (done, plain) = record(1, "");
    // What is looked for is really there in the clear.
    assert!(done == [true; 2] && has(&plain, "alo_session") && has(&plain, "app"), "{done:?}");
    for (number, (parameters, expected)) in (2..).zip([
        (format!("sslrootcert={ca}"), true),
        (format!("sslrootcert={ca}&{shown}"), true),
        ("sslmode=require".to_owned(), true),
        // Nobody who is public has certified the server, so nothing is sent.
        ("sslmode=verify-full".to_owned(), false),
        (shown.clone(), false),
    ]) {
        let (done, bytes) = record(number, &parameters);
        assert_eq!(done, [expected; 2], "{parameters}");
        for text in ["alo_session", "geheim", "INSERT", "SELECT", "user", &"\u{2}".repeat(100)] {
            assert!(!has(&bytes, text), "{parameters}: {text:?}");
        }
    }
}

#[test]
fn credentials_change_while_the_program_runs() {
    let server = Postgres::builder().access("host all one,two 127.0.0.1/32 scram-sha-256").start().unwrap();
    let set_up = |user: &str, password: &str| set_up(&server, user, password);
    let forget = || drop(server.sql("REASSIGN OWNED BY one TO two; DROP OWNED BY one").unwrap());
    credentials::credentials_change_while_the_program_runs::<Here>(&server, set_up, forget);
}
