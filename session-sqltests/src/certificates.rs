//! Every kind of certificate, and what is encrypted, with both APIs. The user is `app`, and its password `geheim`.

use std::{error::Error as _, fs, path::Path};

use session_core::store::{Applied, BlockingStore, Store, StoreErrorKind};
use session_net::tls::Tls;
use session_sql::{BuildError, Builder};
use session_testservers::{
    Directory,
    certificates::{Authority, Identity, Leaf, self_signed},
    proxy::Proxy,
};
use tokio::runtime::Runtime;

use crate::{
    Database, Server as _,
    faults::assert_is,
    pair::{Pair, key, patient, write},
};

/// How the URL of a database says what is about TLS.
pub struct Words {
    /// The authority of the server, the certificate of this side, and its key.
    pub parts: [&'static str; 3],
    /// Nothing is checked, all but the name is, and all is.
    pub modes: [&'static str; 3],
    /// What is told where nobody knows the authority of the server.
    pub unknown: &'static str,
}

/// What becomes of a store.
#[derive(Debug, Clone, Copy)]
pub enum Fate {
    /// It is used.
    Works,
    /// The server is not reached, and the error has this text.
    Refused(&'static str),
    /// It is not built, and the error has this text.
    NotBuilt(&'static str),
}

/// What not every client library can do.
#[derive(Debug, Clone, Copy)]
pub enum Need {
    /// Take a certificate for any name.
    AnyName,
    /// Compare it with another name than that of the host.
    ServerName,
    /// Trust a server that is its own authority.
    OwnAuthority,
}

/// The URL of the server by this name.
fn url<D: Database>(server: &D::Server, host: &str, parameters: &str) -> String {
    let (port, url) = (server.address().port(), server.url());
    let (_, database) = url.rsplit_once('/').unwrap();
    format!("{}://app:geheim@{host}:{port}/{database}?{parameters}", D::NAME)
}

/// With each kind of certificate. `fate` says what becomes of both APIs where this is needed.
pub fn a_server_must_prove_what_the_url_asks_for<D: Database>(
    words: &Words,
    start: impl Fn(&Identity, &Authority) -> D::Server,
    fates: impl Fn(Need) -> [Fate; 2],
) {
    use Fate::{NotBuilt, Refused, Works};
    use Need::{AnyName, OwnAuthority, ServerName};

    let directory = Directory::new().unwrap();
    let root = Authority::make(directory.path(), "root").unwrap();
    let below = root.intermediate("below").unwrap();
    let issue = |name: &str, leaf: Leaf| root.issue(name, &leaf).unwrap();
    let by_name = issue("by-name", Leaf::server("DNS:localhost"));
    let by_address = below.issue("by-address", &Leaf::server("IP:127.0.0.1")).unwrap();
    let elsewhere = issue("elsewhere", Leaf::server("DNS:db.test"));
    let nameless = issue("nameless", Leaf::server(""));
    let late = issue("late", Leaf::server("DNS:localhost").expired());
    let own = |name: &str, leaf: Leaf| self_signed(directory.path(), name, &leaf).unwrap();
    let leaf = own("leaf", Leaf::server("DNS:localhost"));
    let default = own("default", Leaf::server("DNS:localhost").authority());

    let by = |path: &Path| format!("{}={}", words.parts[0], path.display());
    let (ca, leaf_ca, default_ca) = (by(root.certificate()), by(&leaf.certificate), by(&default.certificate));
    let [nothing, any_name, full] = words.modes;
    let (name, unknown) = (Refused("for another name"), Refused(words.unknown));
    #[rustfmt::skip]
    let rows: [(&Identity, &str, String, Option<Need>, Fate); 20] = [
        (&by_name, "localhost", ca.clone(), None, Works),
        (&by_name, "localhost", format!("{full}&{ca}"), None, Works),
        (&by_name, "127.0.0.1", ca.clone(), None, name),
        (&by_name, "127.0.0.1", format!("{ca}&server-name=localhost"), Some(ServerName), Works),
        (&by_name, "127.0.0.1", format!("{any_name}&{ca}"), Some(AnyName), Works),
        (&by_name, "127.0.0.1", nothing.to_owned(), None, Works),
        (&by_name, "localhost", full.to_owned(), None, unknown),
        (&by_name, "localhost", leaf_ca.clone(), None, unknown),
        (&by_name, "localhost", format!("{any_name}&{leaf_ca}"), Some(AnyName), unknown),
        (&by_address, "127.0.0.1", ca.clone(), None, Works),
        (&by_address, "localhost", ca.clone(), None, name),
        (&elsewhere, "localhost", format!("{ca}&server-name=db.test"), Some(ServerName), Works),
        (&elsewhere, "localhost", format!("{ca}&server-name=other.test"), Some(ServerName), name),
        (&nameless, "localhost", ca.clone(), None, name),
        (&nameless, "localhost", format!("{any_name}&{ca}"), Some(AnyName), Works),
        (&late, "localhost", ca.clone(), None, Refused("clock")),
        (&late, "localhost", format!("{any_name}&{ca}"), Some(AnyName), Refused("clock")),
        (&leaf, "localhost", leaf_ca.clone(), None, Works),
        (&default, "localhost", default_ca, Some(OwnAuthority), Works),
        (&default, "localhost", nothing.to_owned(), None, Works),
    ];
    let runtime = Runtime::new().unwrap();
    let mut servers: Vec<(&Path, D::Server)> = Vec::new();
    for (number, (identity, host, parameters, need, fate)) in (1..).zip(&rows) {
        let certificate = &*identity.certificate;
        if !servers.iter().any(|(path, _)| *path == certificate) {
            servers.push((certificate, start(identity, &root)));
        }
        let (_, server) = servers.iter().find(|(path, _)| *path == certificate).unwrap();
        let told = format!("{} {host} {parameters}", certificate.display());
        let builder = patient::<D::Dialect>(&url::<D>(server, host, parameters));
        let (one, other) = (write(number, b"one"), write(number, b"other"));
        let results = [
            builder
                .clone()
                .build()
                .map(|store| runtime.block_on(Store::create(&store, &key(number), one, None))),
            builder
                .build_blocking()
                .map(|store| BlockingStore::create(&store, &key(number + 128), other, None)),
        ];
        let able = need.map_or([Works; 2], &fates);
        for (result, able) in results.into_iter().zip(able) {
            match (if matches!(able, Works) { *fate } else { able }, result) {
                (Works, Ok(Ok(_))) => {}
                (Refused(text), Ok(Err(error))) => {
                    assert_is(&error, StoreErrorKind::Unavailable, Applied::No);
                    let source = error.source().unwrap().to_string();
                    assert!(source.contains(text), "{told}: {source}");
                }
                (NotBuilt(text), Err(error)) => assert!(error.to_string().contains(text), "{told}: {error}"),
                (fate, result) => panic!("{told}: {result:?}, and not {fate:?}"),
            }
        }
    }
}

/// To a server that `start` makes ask for one.
pub fn a_client_shows_its_certificate<D: Database>(
    words: &Words,
    start: impl Fn(Identity, &Authority) -> D::Server,
) {
    let directory = Directory::new().unwrap();
    let root = Authority::make(directory.path(), "root").unwrap();
    let curve = root.issue("curve", &Leaf::client()).unwrap();
    let rsa = root.issue("rsa", &Leaf::client().rsa()).unwrap();
    let server = start(root.issue("server", &Leaf::server("IP:127.0.0.1")).unwrap(), &root);
    let [authority, certificate, key] = words.parts;
    let ca = format!("{authority}={}", root.certificate().display());
    let url = |parameters: &str| url::<D>(&server, "127.0.0.1", parameters);
    let with = |identity: &Identity, path: &Path| {
        let shown = identity.certificate.display();
        url(&format!("{ca}&{certificate}={shown}&{key}={}", path.display()))
    };
    let both = directory.path().join("both.pem");
    let text = |path: &Path| fs::read_to_string(path).unwrap();
    fs::write(&both, text(&curve.certificate) + &text(&curve.key)).unwrap();
    for (number, url) in (1..).zip([
        with(&curve, &curve.key),
        with(&curve, &curve.traditional_key().unwrap()),
        with(&rsa, &rsa.key),
        with(&rsa, &rsa.traditional_key().unwrap()),
        url(&format!("{ca}&{certificate}={}", both.display())),
    ]) {
        Pair::<D::Dialect>::on(&url).works(number);
    }
    for failed in Pair::<D::Dialect>::on(&url(&ca)).create(9) {
        assert_is(&failed.unwrap_err(), StoreErrorKind::Denied, Applied::No);
    }
    for (url, expected) in [
        (with(&curve, &rsa.key), "does not belong to the certificate"),
        (with(&curve, Path::new("/nowhere.key")), "/nowhere.key"),
        (url(&format!("{authority}=/nowhere.pem")), "/nowhere.pem"),
        (url(&format!("{authority}={}", curve.key.display())), "no certificate in PEM"),
    ] {
        let builder = Builder::<D::Dialect>::new(&url);
        for error in [builder.clone().build().err(), builder.build_blocking().err()] {
            let error = error.unwrap();
            assert!(matches!(error, BuildError::Tls(_)) && error.to_string().contains(expected), "{error}");
        }
    }
    let twice = Builder::<D::Dialect>::new(&with(&curve, &curve.key)).tls(Tls::new()).build().unwrap_err();
    assert!(twice.to_string().contains("only one of them"), "{twice}");
}

/// The server also takes plain connections. `others` are more parameters, with whether a store works with them, and `texts` what
/// this client says at first.
pub fn where_a_part_of_tls_was_asked_for_nothing_is_in_the_clear<D: Database>(
    words: &Words,
    start: impl Fn(Identity, &Authority) -> D::Server,
    others: &[(&str, bool)],
    texts: &[&str],
) {
    let directory = Directory::new().unwrap();
    let root = Authority::make(directory.path(), "root").unwrap();
    let client = root.issue("client", &Leaf::client()).unwrap();
    let server = start(root.issue("server", &Leaf::server("IP:127.0.0.1")).unwrap(), &root);
    let [authority, certificate, key] = words.parts;
    let ca = format!("{authority}={}", root.certificate().display());
    let shown = format!("{certificate}={}&{key}={}", client.certificate.display(), client.key.display());
    let record = |number: u8, parameters: &str| {
        let proxy = Proxy::start(server.address()).unwrap();
        proxy.record();
        let to_proxy = |url: String| url.replace(&server.address().to_string(), &proxy.address().to_string());
        let pair = Pair::<D::Dialect>::on(&to_proxy(url::<D>(&server, "127.0.0.1", parameters)));
        (pair.create(number).map(|result| result.is_ok()), proxy.recorded())
    };
    let has = |bytes: &[u8], text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    let (done, plain) = record(1, "");
    // What is looked for is really there in the clear.
    assert!(done == [true; 2] && has(&plain, "alo_session") && has(&plain, "app"), "{done:?}");
    let [nothing, _, full] = words.modes;
    let both = format!("{ca}&{shown}");
    // Nobody who is public has certified the server, so where all is checked nothing is sent.
    let rows = [(&*ca, true), (&both, true), (nothing, true), (full, false), (&shown, false)];
    for (number, (parameters, expected)) in (2..).zip(rows.iter().chain(others)) {
        let (done, bytes) = record(number, parameters);
        assert_eq!(done, [*expected; 2], "{parameters}");
        let secret = ["alo_session", "geheim", "INSERT", "SELECT", &"\u{2}".repeat(100)];
        for text in secret.iter().chain(texts) {
            assert!(!has(&bytes, text), "{parameters}: {text:?}");
        }
    }
}
