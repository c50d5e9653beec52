//! Every kind of certificate and every way to log in, on MariaDB with both APIs.

#![cfg(all(feature = "tokio", feature = "blocking", feature = "tls"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code")]

mod support;

use std::path::Path;

use session_core::store::{Applied, StoreErrorKind};
use session_mysql::{BuildError, MysqlStore, Schema, tls::Tls};
use session_sqltests::credentials;
use session_testservers::{
    Directory, MariaDb,
    certificates::{Authority, Identity, Leaf, ServerTls, self_signed},
    proxy::Proxy,
};
use support::{
    here::Here,
    pair::{Pair, patient},
};

/// A server with this certificate, and the user `app`.
fn server(identity: &Identity, authority: &Path, requires: &str) -> MariaDb {
    let certificates = ServerTls::new(identity.clone(), authority);
    let server = MariaDb::builder().certificates(certificates).start().unwrap();
    server.sql(&Schema::new("alo_session").unwrap().create_table()).unwrap();
    server.sql(&format!("CREATE USER 'app'@'%' IDENTIFIED BY 'geheim' {requires}")).unwrap();
    server.sql(&Schema::new("alo_session").unwrap().grant("app@%")).unwrap();
    server
}

fn url(server: &MariaDb, host: &str, parameters: &str) -> String {
    format!("mysql://app:geheim@{host}:{}/{}?{parameters}", server.address().port(), MariaDb::DATABASE)
}

/// What becomes of one API.
enum Fate {
    Works,
    /// Not reached, and the error has this text.
    Refused(&'static str),
    /// Not built, and the error has this text.
    NotBuilt(&'static str),
}

#[test]
fn a_server_must_prove_what_the_url_asks_for() {
    use Fate::{NotBuilt, Refused, Works};

    let directory = Directory::new().unwrap();
    let root = Authority::make(directory.path(), "root").unwrap();
    let below = root.intermediate("below").unwrap();
    let by_name = root.issue("by-name", &Leaf::server("DNS:localhost")).unwrap();
    let by_address = below.issue("by-address", &Leaf::server("IP:127.0.0.1")).unwrap();
    let elsewhere = root.issue("elsewhere", &Leaf::server("DNS:db.test")).unwrap();
    let nameless = root.issue("nameless", &Leaf::server("")).unwrap();
    let late = root.issue("late", &Leaf::server("DNS:localhost").expired()).unwrap();
    let leaf = self_signed(directory.path(), "leaf", &Leaf::server("DNS:localhost")).unwrap();
    let default =
        self_signed(directory.path(), "default", &Leaf::server("DNS:localhost").authority()).unwrap();
    let ca = root.certificate().display().to_string();
    let leaf_ca = leaf.certificate.display().to_string();
    let default_ca = default.certificate.display().to_string();
    let no_ca_mode = "is not possible, because its client library also trusts the public authorities";
    let no_name = "a `server-name` other than the host is not possible";
    let (name, unknown) = ("for another name", "`ssl-ca`");
    #[rustfmt::skip]
    let rows: [(&Identity, &str, String, Fate, Fate); 20] = [
        (&by_name, "localhost", format!("ssl-ca={ca}"), Works, Works),
        (&by_name, "localhost", format!("ssl-mode=verify-identity&ssl-ca={ca}"), Works, Works),
        (&by_name, "127.0.0.1", format!("ssl-ca={ca}"), Refused(name), Refused(name)),
        (&by_name, "127.0.0.1", format!("ssl-ca={ca}&server-name=localhost"), Works, NotBuilt(no_name)),
        (&by_name, "127.0.0.1", format!("ssl-mode=verify-ca&ssl-ca={ca}"), Works, NotBuilt(no_ca_mode)),
        (&by_name, "127.0.0.1", "ssl-mode=required".to_owned(), Works, Works),
        (&by_name, "localhost", "ssl-mode=verify-identity".to_owned(), Refused(unknown), Refused(unknown)),
        (&by_name, "localhost", format!("ssl-ca={leaf_ca}"), Refused(unknown), Refused(unknown)),
        (&by_name, "localhost", format!("ssl-mode=verify-ca&ssl-ca={leaf_ca}"), Refused(unknown), NotBuilt(no_ca_mode)),
        (&by_address, "127.0.0.1", format!("ssl-ca={ca}"), Works, Works),
        (&by_address, "localhost", format!("ssl-ca={ca}"), Refused(name), Refused(name)),
        (&elsewhere, "localhost", format!("ssl-ca={ca}&server-name=db.test"), Works, NotBuilt(no_name)),
        (&elsewhere, "localhost", format!("ssl-ca={ca}&server-name=other.test"), Refused(name), NotBuilt(no_name)),
        (&nameless, "localhost", format!("ssl-ca={ca}"), Refused(name), Refused(name)),
        (&nameless, "localhost", format!("ssl-mode=verify-ca&ssl-ca={ca}"), Works, NotBuilt(no_ca_mode)),
        (&late, "localhost", format!("ssl-ca={ca}"), Refused("clock"), Refused("clock")),
        (&late, "localhost", format!("ssl-mode=verify-ca&ssl-ca={ca}"), Refused("clock"), NotBuilt(no_ca_mode)),
        (&leaf, "localhost", format!("ssl-ca={leaf_ca}"), Works, Works),
        (&default, "localhost", format!("ssl-ca={default_ca}"), Refused("CA:FALSE"), Refused("CA:FALSE")),
        (&default, "localhost", "ssl-mode=required".to_owned(), Works, Works),
    ];
    let mut servers: Vec<(&Path, MariaDb)> = Vec::new();
    for (number, (identity, host, parameters, asynchronous, blocking)) in (1..).zip(&rows) {
        if !servers.iter().any(|(certificate, _)| *certificate == identity.certificate) {
            servers.push((&identity.certificate, server(identity, root.certificate(), "REQUIRE SSL")));
        }
        let (_, server) = servers.iter().find(|(path, _)| *path == identity.certificate).unwrap();
        let url = url(server, host, parameters);
        let builder = patient(&url);
        let told = format!("{} {host} {parameters}", identity.certificate.display());
        let not_built = [
            builder.clone().build().err().map(|error| error.to_string()),
            builder.clone().build_blocking().err().map(|error| error.to_string()),
        ];
        let mut fates = [asynchronous, blocking].into_iter().zip(not_built);
        let is_built = |(fate, error): (&Fate, Option<String>)| match (fate, error) {
            (NotBuilt(text), Some(error)) => assert!(error.contains(text), "{told}: {error}"),
            (NotBuilt(_), None) => panic!("{told}: built"),
            (_, error) => assert_eq!(error, None, "{told}"),
        };
        fates.by_ref().for_each(is_built);
        let results = if matches!(blocking, NotBuilt(_)) {
            // The other API tells the same.
            let runtime = tokio::runtime::Runtime::new().unwrap();
            let store = builder.build().unwrap();
            let data = [number; 10];
            let write = support::pair::write(number, &data);
            let key = support::pair::key(number);
            vec![runtime.block_on(session_core::store::Store::create(&store, &key, write, None))]
        } else {
            Pair::of(&builder).create(number).into()
        };
        for (result, fate) in results.into_iter().zip([asynchronous, blocking]) {
            match (fate, result) {
                (Works, Ok(_)) => {}
                (Refused(text), Err(error)) => {
                    assert_eq!(
                        (error.kind(), error.applied()),
                        (StoreErrorKind::Unavailable, Applied::No),
                        "{told}"
                    );
                    let source = std::error::Error::source(&error).unwrap().to_string();
                    assert!(source.contains(text), "{told}: {source}");
                }
                (_, result) => panic!("{told}: {result:?}"),
            }
        }
    }
}

#[test]
fn a_client_shows_its_certificate() {
    let directory = Directory::new().unwrap();
    let root = Authority::make(directory.path(), "root").unwrap();
    let identity = root.issue("server", &Leaf::server("IP:127.0.0.1")).unwrap();
    let curve = root.issue("curve", &Leaf::client()).unwrap();
    let rsa = root.issue("rsa", &Leaf::client().rsa()).unwrap();
    let server = server(&identity, root.certificate(), "REQUIRE X509");
    let ca = root.certificate().display();
    let with = |identity: &Identity, key: &Path| {
        let (certificate, key) = (identity.certificate.display(), key.display());
        url(&server, "127.0.0.1", &format!("ssl-ca={ca}&ssl-cert={certificate}&ssl-key={key}"))
    };
    let both = directory.path().join("both.pem");
    let text = |path: &Path| std::fs::read_to_string(path).unwrap();
    std::fs::write(&both, text(&curve.certificate) + &text(&curve.key)).unwrap();
    for (number, url) in (1..).zip([
        with(&curve, &curve.key),
        with(&curve, &curve.traditional_key().unwrap()),
        with(&rsa, &rsa.key),
        with(&rsa, &rsa.traditional_key().unwrap()),
        url(&server, "127.0.0.1", &format!("ssl-ca={ca}&ssl-cert={}", both.display())),
    ]) {
        Pair::on(&url).works(number);
    }
    for failed in Pair::on(&url(&server, "127.0.0.1", &format!("ssl-ca={ca}"))).create(9) {
        let failed = failed.unwrap_err();
        assert_eq!((failed.kind(), failed.applied()), (StoreErrorKind::Denied, Applied::No), "{failed:?}");
    }
    for (url, expected) in [
        (with(&curve, &rsa.key), "does not belong to the certificate"),
        (with(&curve, Path::new("/nowhere.key")), "/nowhere.key"),
        (url(&server, "127.0.0.1", "ssl-ca=/nowhere.pem"), "/nowhere.pem"),
        (url(&server, "127.0.0.1", &format!("ssl-ca={}", curve.key.display())), "no certificate in PEM"),
    ] {
        for error in
            [MysqlStore::connect(&url).err(), session_mysql::blocking::MysqlStore::connect(&url).err()]
        {
            let error = error.unwrap();
            assert!(matches!(error, BuildError::Tls(_)) && error.to_string().contains(expected), "{error}");
        }
    }
    let twice = MysqlStore::builder(&with(&curve, &curve.key)).tls(Tls::new()).build().unwrap_err();
    assert!(twice.to_string().contains("only one of them"), "{twice}");
}

#[test]
fn where_a_part_of_tls_was_asked_for_nothing_is_in_the_clear() {
    let directory = Directory::new().unwrap();
    let root = Authority::make(directory.path(), "root").unwrap();
    let identity = root.issue("server", &Leaf::server("IP:127.0.0.1")).unwrap();
    let client = root.issue("client", &Leaf::client()).unwrap();
    let server = server(&identity, root.certificate(), "");
    let ca = root.certificate().display();
    let (certificate, key) = (client.certificate.display(), client.key.display());
    let identity = format!("ssl-cert={certificate}&ssl-key={key}");
    let record = |number: u8, parameters: &str| {
        let proxy = Proxy::start(server.address()).unwrap();
        proxy.record();
        let url = format!("mysql://app:geheim@{}/{}?{parameters}", proxy.address(), MariaDb::DATABASE);
        let results = Pair::on(&url).create(number);
        (results.map(|result| result.is_ok()), proxy.recorded())
    };
    let has = |bytes: &[u8], text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    let (done, plain) = record(1, "");
    // What is looked for is really there in the clear.
    assert!(done == [true; 2] && has(&plain, "alo_session") && has(&plain, "app"), "{done:?}");
    for (number, (parameters, expected)) in (2..).zip([
        (format!("ssl-ca={ca}"), true),
        (format!("ssl-ca={ca}&{identity}"), true),
        ("ssl-mode=required".to_owned(), true),
        ("tls=skip-verify".to_owned(), true),
        // Nobody who is public has certified the server, so nothing is sent.
        ("ssl-mode=verify-identity".to_owned(), false),
        (identity.clone(), false),
        ("tls=true".to_owned(), false),
    ]) {
        let (done, bytes) = record(number, &parameters);
        assert_eq!(done, [expected; 2], "{parameters}");
        for text in ["alo_session", "geheim", "INSERT", "SELECT", "SET SESSION", &"\u{2}".repeat(100)] {
            assert!(!has(&bytes, text), "{parameters}: {text:?}");
        }
    }
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
