//! A table of certificates and settings, each against a server of rustls that shows that certificate.

#![cfg(feature = "tls")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code")]

use std::{
    fs, io,
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener},
    path::Path,
    sync::Arc,
    thread,
    time::Duration,
};

use rustls::{
    RootCertStore, ServerConfig, ServerConnection, StreamOwned,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    server::WebPkiClientVerifier,
};
use session_net::{
    Limit, TimedStream, connect_blocking,
    tls::{Tls, TlsError, is_certificate_refused, is_handshake_failure},
};
use session_testservers::{
    Directory,
    certificates::{Authority, Identity, Leaf, self_signed},
};

/// Starts a server that answers a byte with a byte. It demands a certificate of the authority, if there is one.
fn serve(identity: &Identity, clients: Option<&Path>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let chain = CertificateDer::pem_file_iter(&identity.certificate).unwrap();
    let chain: Vec<_> = chain.collect::<Result<_, _>>().unwrap();
    let key = PrivateKeyDer::from_pem_file(&identity.key).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::clone(&provider));
    let config = config.with_safe_default_protocol_versions().unwrap();
    let config = match clients {
        None => config.with_no_client_auth(),
        Some(authority) => {
            let mut roots = RootCertStore::empty();
            roots.add(CertificateDer::from_pem_file(authority).unwrap()).unwrap();
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            config.with_client_cert_verifier(verifier.build().unwrap())
        }
    };
    let config = Arc::new(config.with_single_cert(chain, key).unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = StreamOwned::new(connection, stream.unwrap());
            let mut byte = [0];
            let _ = stream.read_exact(&mut byte).and_then(|()| stream.write_all(&byte));
            stream.conn.send_close_notify();
            let _ = stream.flush();
        }
    });
    address
}

/// Sends a byte and reads it back.
fn try_it(tls: &Tls, address: SocketAddr, host: &str) -> io::Result<()> {
    let limit = Limit::start("connect_timeout", Duration::from_secs(60));
    let client = tls.build().map_err(io::Error::other)?;
    let stream = TimedStream::new(connect_blocking(address, limit)?, limit.remaining(), limit.deadline())?;
    let mut stream = client.handshake(stream, host, limit)?;
    stream.write_all(b"!").and_then(|()| stream.read_exact(&mut [0])).map_err(session_net::tls::explain)
}

#[test]
fn a_server_must_prove_what_the_settings_ask_for() {
    let directory = Directory::new().unwrap();
    let root = Authority::make(directory.path(), "root").unwrap();
    let below = root.intermediate("below").unwrap();
    let other = Authority::make(directory.path(), "other").unwrap();
    let issue = |authority: &Authority, name: &str, leaf: Leaf| authority.issue(name, &leaf).unwrap();
    let alone = |name: &str, leaf: Leaf| self_signed(directory.path(), name, &leaf).unwrap();
    let by_name = || Leaf::server("DNS:redis.test");
    let by_address = || Leaf::server("IP:127.0.0.1");

    let trusting = |path: &Path| Tls::new().authorities(path);
    let root_only = || trusting(root.certificate());
    let leaf = alone("leaf", by_name());
    let default = alone("default", by_name().authority());
    let nameless = alone("nameless", Leaf::server("").authority());
    let late = alone("late", by_name().authority().expired());
    let wrong_name = Some("another name");
    let unknown = Some("UnknownIssuer");
    #[rustfmt::skip]
    let rows: &[(&str, Identity, Tls, &str, Option<&str>)] = &[
        ("by name", issue(&root, "a", by_name()), root_only(), "redis.test", None),
        ("by name, address given", issue(&root, "b", by_name()), root_only(), "127.0.0.1", wrong_name),
        ("by name, address given, name set", issue(&root, "c", by_name()), root_only().verify_as("redis.test"), "127.0.0.1", None),
        ("wrong name set", issue(&root, "d", by_name()), root_only().verify_as("mysql.test"), "redis.test", wrong_name),
        ("any name", issue(&root, "e", by_name()), root_only().any_name(), "127.0.0.1", None),
        ("by address", issue(&root, "f", by_address()), root_only(), "127.0.0.1", None),
        ("by address, name given", issue(&root, "g", by_address()), root_only(), "redis.test", wrong_name),
        ("below", issue(&below, "h", by_name()), root_only(), "redis.test", None),
        ("other authority", issue(&other, "i", by_name()), root_only(), "redis.test", unknown),
        ("other authority, any name", issue(&other, "j", by_name()), root_only().any_name(), "redis.test", unknown),
        ("other authority, anything", issue(&other, "k", by_name()), Tls::new().dangerously_accept_any_certificate(), "127.0.0.1", None),
        ("public authorities", issue(&root, "l", by_name()), Tls::new(), "redis.test", unknown),
        ("expired", issue(&root, "m", by_name().expired()), root_only(), "redis.test", Some("xpired")),
        ("expired, any name", issue(&root, "n", by_name().expired()), root_only().any_name(), "redis.test", Some("xpired")),
        ("for clients", issue(&root, "o", Leaf::client()), root_only().any_name(), "redis.test", Some("ertificate")),
        ("self-signed", leaf.clone(), trusting(&leaf.certificate), "redis.test", None),
        ("self-signed, other name", leaf.clone(), trusting(&leaf.certificate), "127.0.0.1", wrong_name),
        ("self-signed, any name", leaf.clone(), trusting(&leaf.certificate).any_name(), "127.0.0.1", None),
        ("self-signed, not trusted", leaf, root_only(), "redis.test", unknown),
        ("as openssl makes it", default.clone(), trusting(&default.certificate), "redis.test", None),
        ("as openssl makes it, other name", default.clone(), trusting(&default.certificate), "127.0.0.1", wrong_name),
        ("as openssl makes it, not trusted", default, root_only(), "redis.test", Some("CaUsedAsEndEntity")),
        ("without names", nameless.clone(), trusting(&nameless.certificate), "redis.test", wrong_name),
        ("without names, any name", nameless.clone(), trusting(&nameless.certificate).any_name(), "redis.test", None),
        ("as openssl makes it, expired", late.clone(), trusting(&late.certificate).any_name(), "redis.test", Some("xpired")),
    ];
    for (what, identity, tls, host, refusal) in rows {
        let result = try_it(tls, serve(identity, None), host);
        let told = result.as_ref().err().map(ToString::to_string);
        match (refusal, &result) {
            (None, Ok(())) => {}
            (Some(part), Err(error)) if error.to_string().contains(part) => {
                assert!(is_handshake_failure(error), "{what}: {error:?}");
            }
            _ => panic!("{what}: {told:?}"),
        }
    }
}

#[test]
fn a_client_shows_its_certificate_and_its_absence_is_a_refusal() {
    let directory = Directory::new().unwrap();
    let root = Authority::make(directory.path(), "root").unwrap();
    let other = Authority::make(directory.path(), "other").unwrap();
    let server = root.issue("server", &Leaf::server("IP:127.0.0.1")).unwrap();
    let address = serve(&server, Some(root.certificate()));
    let tls = || Tls::new().authorities(root.certificate());
    let below = root.intermediate("below").unwrap();
    let curve = below.issue("curve", &Leaf::client()).unwrap();
    let rsa = root.issue("rsa", &Leaf::client().rsa()).unwrap();
    let foreign = other.issue("foreign", &Leaf::client()).unwrap();
    for (identity, key) in [
        (&curve, curve.key.clone()),
        (&curve, curve.traditional_key().unwrap()),
        (&rsa, rsa.key.clone()),
        (&rsa, rsa.traditional_key().unwrap()),
    ] {
        let tls = tls().identity(identity.certificate.clone(), key.clone());
        try_it(&tls, address, "127.0.0.1").unwrap_or_else(|error| panic!("{}: {error}", key.display()));
    }
    for tls in [tls(), tls().identity(foreign.certificate.clone(), foreign.key.clone())] {
        let error = try_it(&tls, address, "127.0.0.1").unwrap_err();
        assert!(is_handshake_failure(&error) && is_certificate_refused(&error), "{error:?}");
        assert!(error.to_string().contains("client"), "{error}");
    }
}

#[test]
fn what_cannot_work_is_refused_before_any_connection() {
    let directory = Directory::new().unwrap();
    let root = Authority::make(directory.path(), "root").unwrap();
    let (one, two) =
        (root.issue("one", &Leaf::client()).unwrap(), root.issue("two", &Leaf::client()).unwrap());
    let write = |name: &str, text: &str| {
        let path = directory.path().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let (empty, text) = (write("empty", ""), write("text", "no certificate"));
    let cut = write("cut", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    let locked =
        write("locked", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n");
    let missing = directory.path().join("missing");
    let identity = |certificate: &Path, key: &Path| Tls::new().identity(certificate, key);
    #[rustfmt::skip]
    let rows: &[(Tls, &str, &str)] = &[
        (Tls::new().authorities(&*missing), "missing", "cannot be read"),
        (Tls::new().authorities(&*empty), "empty", "is empty"),
        (Tls::new().authorities(&*text), "text", "no certificate in PEM"),
        (Tls::new().authorities(&*one.key), "one.key", "no certificate in PEM"),
        (Tls::new().authorities(&*cut), "cut", "certificate 1 of 1"),
        (Tls::new().authorities(b"nothing".to_vec()), "the given bytes", "no certificate in PEM"),
        (identity(&missing, &one.key), "missing", "cannot be read"),
        (identity(&one.certificate, &missing), "missing", "cannot be read"),
        (identity(&one.key, &one.key), "one.key", "no certificate in PEM"),
        (identity(&one.certificate, &one.certificate), "one.pem", "no private key in PEM"),
        (identity(&one.certificate, &two.key), "two.key", "does not belong to the certificate in"),
        (identity(&one.certificate, &locked), "locked", "openssl pkey"),
        (Tls::new().verify_as("not a name"), "not a name", "neither a host name nor an address"),
        (Tls::new().any_name(), "", "name the authority"),
        (Tls::new().system_authorities().any_name(), "", "name the authority"),
    ];
    for (tls, what, reason) in rows {
        let error: TlsError = tls.build().unwrap_err();
        let text = error.to_string();
        assert!(text.contains(what) && text.contains(reason), "{text}");
    }
}

#[test]
fn a_key_may_stand_in_the_file_of_its_certificate() {
    let directory = Directory::new().unwrap();
    let root = Authority::make(directory.path(), "root").unwrap();
    let client = root.issue("client", &Leaf::client()).unwrap();
    let both = directory.path().join("both.pem");
    let read = |path: &Path| fs::read_to_string(path).unwrap();
    fs::write(&both, read(&client.certificate) + &read(&client.key)).unwrap();
    assert!(Tls::new().identity(&*both, &*both).build().is_ok());
}

#[test]
fn nothing_is_installed_for_the_process() {
    let directory = Directory::new().unwrap();
    let root = Authority::make(directory.path(), "root").unwrap();
    let server = root.issue("server", &Leaf::server("IP:127.0.0.1")).unwrap();
    let tls = Tls::new().authorities(root.certificate());
    try_it(&tls, serve(&server, None), "127.0.0.1").unwrap();
    assert!(rustls::crypto::CryptoProvider::get_default().is_none());
}

#[test]
fn a_server_that_sends_a_byte_now_and_then_cannot_hold_its_client() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        // The first bytes of a record of 16 kB, which comes a byte at a time.
        let _ = stream.write_all(&[22, 3, 3, 64, 0]);
        while stream.write_all(&[0]).is_ok() {
            thread::sleep(Duration::from_millis(20));
        }
    });
    let limit = Limit::start("connect_timeout", Duration::from_millis(300));
    let stream = connect_blocking(address, limit).unwrap();
    // A server that sends a byte now and then never lets this timeout pass.
    let stream = TimedStream::new(stream, Duration::from_millis(100), limit.deadline()).unwrap();
    let client = Tls::new().build().unwrap();
    let error = client.handshake(stream, "127.0.0.1", limit).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::TimedOut, "{error}");
    assert!(error.to_string().contains("`connect_timeout` of 300ms"), "{error}");
}

#[test]
fn a_server_without_tls_is_named_as_such() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.write_all(b"-ERR unknown command\r\n");
        let _ = stream.read(&mut [0; 4096]);
    });
    let error = try_it(&Tls::new(), address, "127.0.0.1").unwrap_err();
    assert!(error.to_string().contains("speaks no TLS"), "{error}");
}

#[test]
fn the_authorities_of_the_system_are_those_that_the_environment_names() {
    const SERVER: &str = "SESSION_NET_TEST_SERVER";
    let system = || Tls::new().system_authorities();
    // The environment of a process is read when it is asked for, so a process of its own asks.
    if let Ok(address) = std::env::var(SERVER) {
        return try_it(&system(), address.parse().unwrap(), "127.0.0.1").unwrap();
    }
    let directory = Directory::new().unwrap();
    let root = Authority::make(directory.path(), "root").unwrap();
    let server = root.issue("server", &Leaf::server("IP:127.0.0.1")).unwrap();
    let address = serve(&server, None);
    let itself = |file: &Path| {
        let mut command = std::process::Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "the_authorities_of_the_system_are_those_that_the_environment_names"]);
        command.env(SERVER, address.to_string()).env("SSL_CERT_FILE", file).env_remove("SSL_CERT_DIR");
        command.output().unwrap()
    };
    let trusting = itself(root.certificate());
    assert!(trusting.status.success(), "{trusting:?}");
    let missing = itself(&directory.path().join("missing"));
    let told =
        String::from_utf8_lossy(&missing.stderr).into_owned() + &String::from_utf8_lossy(&missing.stdout);
    assert!(!missing.status.success() && told.contains("SSL_CERT_FILE"), "{told}");
}
