//! Every kind of certificate and every way to log in, on Redis with both APIs.

#![cfg(all(feature = "tokio", feature = "blocking", feature = "tls"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code")]

use std::{
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{Applied, BlockingStore, CreateOutcome, Revision, Store, StoreError, StoreErrorKind, Write},
};
use session_redis::{Builder, Credentials, RedisStore};
use session_testservers::{
    Directory, RedisServer,
    certificates::{Authority, Identity, Leaf, ServerTls, self_signed},
    proxy::Proxy,
};

const PATIENCE: Duration = Duration::from_secs(5);

/// Writes a session through each API.
fn create(builder: &Builder, number: u8) -> [Result<CreateOutcome, StoreError>; 2] {
    let builder = builder.clone().connect_timeout(PATIENCE).response_timeout(PATIENCE).budget(PATIENCE * 2);
    let (nonblocking, blocking) = (builder.clone().build().unwrap(), builder.build_blocking().unwrap());
    let key = |number: u8| {
        let digest = Digest::from_bytes([number; 32]);
        StoreKey { family: Family::anonymous(&digest), digest }
    };
    let data = [number; 100];
    let write =
        Write { next: Revision::from_bytes([number; 16]), data: &data, ttl: Duration::from_secs(600) };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    [
        runtime.block_on(Store::create(&nonblocking, &key(number), write, None)),
        BlockingStore::create(&blocking, &key(number + 128), write, None),
    ]
}

fn server(identity: &Identity, authority: &Path) -> RedisServer {
    RedisServer::builder().certificates(ServerTls::new(identity.clone(), authority)).start().unwrap()
}

fn told(error: &StoreError) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}

#[test]
fn a_server_must_prove_what_the_url_asks_for() {
    let directory = Directory::new().unwrap();
    let root = Authority::make(directory.path(), "root").unwrap();
    let below = root.intermediate("below").unwrap();
    let by_name = root.issue("by-name", &Leaf::server("DNS:localhost")).unwrap();
    let by_address = below.issue("by-address", &Leaf::server("IP:127.0.0.1")).unwrap();
    let elsewhere = root.issue("elsewhere", &Leaf::server("DNS:redis.test")).unwrap();
    let nameless = root.issue("nameless", &Leaf::server("")).unwrap();
    let late = root.issue("late", &Leaf::server("DNS:localhost").expired()).unwrap();
    let leaf = self_signed(directory.path(), "leaf", &Leaf::server("DNS:localhost")).unwrap();
    let default =
        self_signed(directory.path(), "default", &Leaf::server("DNS:localhost").authority()).unwrap();
    let ca = root.certificate().display().to_string();
    let (leaf_ca, default_ca) =
        (leaf.certificate.display().to_string(), default.certificate.display().to_string());
    let (name, unknown) = (Some("for another name"), Some("trust its authority"));
    #[rustfmt::skip]
    let rows: [(&Identity, &str, String, Option<&str>); 18] = [
        (&by_name, "localhost", format!("ca={ca}"), None),
        (&by_name, "127.0.0.1", format!("ca={ca}"), name),
        (&by_name, "127.0.0.1", format!("ca={ca}&server_name=localhost"), None),
        (&by_name, "127.0.0.1", format!("tls=verify-ca&ca={ca}"), None),
        (&by_name, "127.0.0.1", "tls=danger-accept-any-certificate".to_owned(), None),
        (&by_name, "localhost", "tls=verify-full".to_owned(), unknown),
        (&by_name, "localhost", format!("tls=verify-ca&ca={leaf_ca}"), unknown),
        (&by_address, "127.0.0.1", format!("ca={ca}"), None),
        (&by_address, "localhost", format!("ca={ca}"), name),
        (&elsewhere, "localhost", format!("ca={ca}&server_name=redis.test"), None),
        (&elsewhere, "localhost", format!("ca={ca}&server_name=other.test"), name),
        (&nameless, "localhost", format!("ca={ca}"), name),
        (&nameless, "localhost", format!("tls=verify-ca&ca={ca}"), None),
        (&late, "localhost", format!("tls=verify-ca&ca={ca}"), Some("clock")),
        (&leaf, "localhost", format!("ca={leaf_ca}"), None),
        (&leaf, "127.0.0.1", format!("tls=verify-ca&ca={leaf_ca}"), None),
        (&default, "localhost", format!("ca={default_ca}"), None),
        (&default, "127.0.0.1", format!("ca={default_ca}"), name),
    ];
    let mut servers: Vec<(&Path, RedisServer)> = Vec::new();
    for (number, (identity, host, parameters, refusal)) in (1..).zip(&rows) {
        if !servers.iter().any(|(certificate, _)| *certificate == identity.certificate) {
            servers.push((&identity.certificate, server(identity, root.certificate())));
        }
        let (_, server) = servers.iter().find(|(path, _)| *path == identity.certificate).unwrap();
        let url = format!("rediss://{host}:{}/?{parameters}", server.address().port());
        for result in create(&RedisStore::builder(&url), number) {
            match (refusal, result) {
                (None, Ok(_)) => {}
                (Some(text), Err(error)) => {
                    assert_eq!(
                        (error.kind(), error.applied()),
                        (StoreErrorKind::Unavailable, Applied::No),
                        "{url}"
                    );
                    assert!(told(&error).contains(text), "{url}: {}", told(&error));
                }
                (_, result) => panic!("{} {url}: {result:?}", identity.certificate.display()),
            }
        }
    }
}

#[test]
fn a_client_shows_its_certificate_and_its_absence_changes_nothing() {
    let directory = Directory::new().unwrap();
    let root = Authority::make(directory.path(), "root").unwrap();
    let identity = root.issue("server", &Leaf::server("IP:127.0.0.1")).unwrap();
    let curve = root.issue("curve", &Leaf::client()).unwrap();
    let rsa = root.issue("rsa", &Leaf::client().rsa()).unwrap();
    let tls = ServerTls::new(identity, root.certificate()).want_client_certificate();
    let server = RedisServer::builder().certificates(tls).start().unwrap();
    let url = format!("rediss://{}/?ca={}", server.address(), root.certificate().display());
    for (number, (identity, key)) in (1..).zip([
        (&curve, curve.key.clone()),
        (&curve, curve.traditional_key().unwrap()),
        (&rsa, rsa.traditional_key().unwrap()),
    ]) {
        let url = format!("{url}&cert={}&key={}", identity.certificate.display(), key.display());
        for result in create(&RedisStore::builder(&url), number) {
            result.unwrap_or_else(|error| panic!("{}: {}", key.display(), told(&error)));
        }
    }
    for result in create(&RedisStore::builder(&url), 9) {
        let error = result.unwrap_err();
        assert_eq!(
            (error.kind(), error.applied()),
            (StoreErrorKind::Denied, Applied::No),
            "{}",
            told(&error)
        );
    }
}

#[test]
fn with_tls_nothing_is_in_the_clear() {
    let directory = Directory::new().unwrap();
    let root = Authority::make(directory.path(), "root").unwrap();
    let identity = root.issue("server", &Leaf::server("IP:127.0.0.1")).unwrap();
    let tls = ServerTls::new(identity, root.certificate());
    let server = RedisServer::builder().password("geheim").certificates(tls).start().unwrap();
    let ca = root.certificate().display();
    for (number, (scheme, parameters, expected)) in (1..).zip([
        ("rediss", format!("ca={ca}"), true),
        ("redis", "tls=danger-accept-any-certificate".to_owned(), true),
        ("redis", "ssl=true".to_owned(), false),
    ]) {
        let proxy = Proxy::start(server.address()).unwrap();
        proxy.record();
        let url = format!("{scheme}://:geheim@{}/?{parameters}", proxy.address());
        let done = create(&RedisStore::builder(&url), number).map(|result| result.is_ok());
        let bytes = proxy.recorded();
        assert!(done == [expected; 2] && !bytes.is_empty(), "{url}: {done:?}");
        for text in ["geheim", "_alo_sess_", "AUTH", "SET", "EVALSHA"] {
            assert!(!bytes.windows(text.len()).any(|window| window == text.as_bytes()), "{url}: {text}");
        }
    }
}

#[test]
fn credentials_change_while_the_program_runs() {
    let server = RedisServer::start().unwrap();
    let rules = session_redis::acl_rules("_alo_sess_");
    let add = |user: &str, password: &str| {
        let words = ["ACL", "SETUSER", user, "on", password];
        server.command(&words.into_iter().chain(rules.split(' ')).collect::<Vec<_>>()).unwrap();
    };
    add("one", ">first");
    let proxy = Proxy::start(server.address()).unwrap();
    let url = format!("redis://{}", proxy.address());
    let current = Arc::new(Mutex::new(("one", "first")));
    let asked = Arc::clone(&current);
    let builder = RedisStore::builder(&url).credentials(Credentials::ask(move || {
        let (user, password) = *asked.lock().unwrap();
        Ok((Some(user.to_owned()), Some(password.to_owned())))
    }));
    let (nonblocking, blocking) = (builder.clone().build().unwrap(), builder.build_blocking().unwrap());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let key = {
        let digest = Digest::from_bytes([7; 32]);
        StoreKey { family: Family::anonymous(&digest), digest }
    };
    let load = || [runtime.block_on(Store::load(&nonblocking, &key)), BlockingStore::load(&blocking, &key)];
    assert!(load().iter().all(Result::is_ok), "{:?}", load());
    add("two", ">second");
    *current.lock().unwrap() = ("two", "second");
    server.command(&["ACL", "DELUSER", "one"]).unwrap();
    proxy.cut();
    assert!(load().iter().all(Result::is_ok), "{:?}", load());
    let none = RedisStore::builder(&url).credentials(Credentials::ask(|| Err("the vault is sealed".into())));
    for result in create(&none, 9) {
        let error = result.unwrap_err();
        assert_eq!(error.applied(), Applied::No);
        assert!(told(&error).contains("the vault is sealed"), "{}", told(&error));
    }
}
