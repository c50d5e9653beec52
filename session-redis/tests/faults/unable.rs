//! Servers that cannot do what is needed, or are not who they should be.

use std::{
    error::Error as _,
    io::{Read as _, Write as _},
    net::TcpListener,
    thread,
};

use session_core::store::{Applied, BlockingStore, Store, StoreErrorKind};
use session_redis::{BuildError, RedisStore, blocking, tls::Tls};
use session_testservers::{RedisCluster, RedisServer};

use crate::stores::{Stores, key};

/// None so old is to be had, and there is only one thing that it has to say.
#[test]
fn a_version_that_is_too_old_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 512]);
            let info = "# Server\r\nredis_version:5.0.7\r\n";
            // To the name of the connection, and to the question.
            let _ = write!(stream, "+OK\r\n${}\r\n{info}\r\n", info.len());
        }
    });
    let stores = Stores::on(&format!("redis://{address}"));
    for loaded in stores.load(&key(1)) {
        let error = loaded.unwrap_err();
        assert_eq!((error.kind(), error.applied()), (StoreErrorKind::Unsupported, Applied::No), "{error:?}");
        assert!(error.source().unwrap().to_string().contains("redis 5.0.7"), "{error:?}");
    }
}

#[test]
fn a_cluster_has_to_be_called_one() {
    let cluster = RedisCluster::start().unwrap();
    let stores = Stores::on(&format!("redis://{}", cluster.nodes()[0].address()));
    let refused = (1..128).flat_map(|number| stores.load(&key(number))).find_map(Result::err).unwrap();
    assert_eq!(
        (refused.kind(), refused.applied()),
        (StoreErrorKind::Unsupported, Applied::No),
        "{refused:?}"
    );

    let single = RedisServer::start().unwrap();
    for loaded in Stores::on(&format!("redis+cluster://{}", single.address())).load(&key(1)) {
        let error = loaded.unwrap_err();
        assert_eq!((error.kind(), error.applied()), (StoreErrorKind::Other, Applied::No), "{error:?}");
    }
}

#[test]
fn a_certificate_that_nobody_vouches_for_is_refused() {
    let server = RedisServer::builder().tls().start().unwrap();
    let ca = server.authority().unwrap();
    Stores::on(&format!("{}?ca={}", server.url(), ca.display())).assert_work(1);
    let pem = std::fs::read(ca).unwrap();
    let store = blocking::RedisStore::builder(&server.url())
        .tls(Tls::new().authorities(pem))
        .build_blocking()
        .unwrap();
    assert!(store.load(&key(1)).unwrap().is_some());

    for loaded in Stores::on(&server.url()).load(&key(1)) {
        let error = loaded.unwrap_err();
        assert_eq!((error.kind(), error.applied()), (StoreErrorKind::Unavailable, Applied::No), "{error:?}");
    }
    for (url, expected) in [
        (format!("{}?ca=/nowhere/ca.pem", server.url()), "/nowhere/ca.pem"),
        (
            format!("{}?ca={}", server.url(), server.directory().join("server.key").display()),
            "no certificate",
        ),
    ] {
        let error = RedisStore::connect(&url).unwrap_err();
        assert!(matches!(error, BuildError::Tls(_)), "{error:?}");
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[test]
fn a_socket_of_the_file_system() {
    let server = RedisServer::start().unwrap();
    let socket = server.socket();
    for scheme in ["redis+unix", "unix"] {
        let stores = Stores::on(&format!("{scheme}://{}?db=1", socket.display()));
        assert!(stores.runtime.block_on(stores.nonblocking.load(&key(9))).unwrap().is_none());
        server.command(&["FLUSHALL"]).unwrap();
        stores.assert_work(1);
    }
    assert!(server.command(&["INFO", "keyspace"]).unwrap().text().contains("db1:keys=2"));
}
