//! Connections are made beside the operations: whoever goes away, is slow or is not polled harms nobody.

use std::{
    error::Error as _,
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
    thread,
    time::{Duration, Instant},
};

use session_core::store::{Applied, BlockingStore, Store, StoreErrorKind};
use session_redis::{Builder, RedisStore};
use session_testservers::{
    RedisServer, SentinelTrio,
    proxy::{Mode, Proxy},
};

use crate::stores::{BOUND, Stores, key};

/// Waits for a connection as long as it takes.
fn slow_to_connect(url: &str) -> Builder {
    RedisStore::builder(url).connect_timeout(BOUND).response_timeout(BOUND).budget(BOUND)
}

fn behind_proxy() -> (RedisServer, Proxy, String) {
    let server = RedisServer::start().unwrap();
    let proxy = Proxy::start(server.address()).unwrap();
    let url = format!("redis://{}", proxy.address());
    (server, proxy, url)
}

#[test]
fn callers_who_are_impatient_get_their_connection_in_the_end() {
    let (_server, proxy, url) = behind_proxy();
    proxy.set(Mode::HoldReplies);
    let stores = Stores::of(&slow_to_connect(&url));
    let impatient = slow_to_connect(&url).budget(Duration::from_millis(20)).build_blocking().unwrap();
    for _ in 0..50 {
        let patience = Duration::from_millis(2);
        let load = stores.runtime.block_on(async {
            tokio::time::timeout(patience, Store::load(&stores.nonblocking, &key(1))).await
        });
        assert!(load.is_err());
        let failed = BlockingStore::load(&impatient, &key(1)).unwrap_err();
        assert_eq!((failed.kind(), failed.applied()), (StoreErrorKind::Timeout, Applied::No));
        assert!(failed.source().unwrap().to_string().contains("`Builder::budget` raises it"), "{failed:?}");
    }
    let made = proxy.traffic().connections;
    assert!(made <= 16, "{made} connections were begun");
    proxy.set(Mode::Pass);
    // Nobody waits, and the connection comes about.
    let began = Instant::now();
    while BlockingStore::load(&impatient, &key(1)).is_err() {
        assert!(began.elapsed() < BOUND);
    }
    stores.runtime.block_on(Store::load(&stores.nonblocking, &key(1))).unwrap();
    assert_eq!(proxy.traffic().connections, made);
}

#[test]
fn a_limit_that_has_passed_is_named() {
    let (_server, proxy, url) = behind_proxy();
    proxy.set(Mode::HoldReplies);
    let impatient = slow_to_connect(&url).connect_timeout(Duration::from_millis(20));
    for loaded in Stores::of(&impatient).load(&key(1)) {
        let error = loaded.unwrap_err();
        assert_eq!((error.kind(), error.applied()), (StoreErrorKind::Timeout, Applied::No), "{error:?}");
        let source = error.source().unwrap().to_string();
        assert!(source.contains("`connect_timeout` of 20ms") && source.contains("127.0.0.1"), "{source}");
    }
    proxy.set(Mode::Pass);
    let stores = Stores::of(&RedisStore::builder(&url).response_timeout(Duration::from_millis(100)));
    for loaded in stores.load(&key(1)) {
        loaded.unwrap();
    }
    proxy.set(Mode::HoldReplies);
    for loaded in stores.load(&key(1)) {
        let source = loaded.unwrap_err().source().unwrap().to_string();
        assert!(source.contains("`Builder::response_timeout` raises it"), "{source}");
    }
}

fn poll_once<T>(future: std::pin::Pin<&mut impl Future<Output = T>>) -> Poll<T> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn a_call_that_is_not_polled_any_more_stops_nobody() {
    let trio = SentinelTrio::start().unwrap();
    let (_server, _proxy, single) = behind_proxy();
    for url in [single, trio.url()] {
        let stores = Stores::of(&slow_to_connect(&url));
        let (store, key) = (&stores.nonblocking, &key(1));
        stores.runtime.block_on(async {
            // Each is left alone at another place: without any connection, then with one, then with an old reply of a sentinel.
            let mut left = Vec::new();
            for pause in [0, 0, 1200] {
                tokio::time::sleep(Duration::from_millis(pause)).await;
                let mut alone = Box::pin(Store::load(store, key));
                assert!(poll_once(alone.as_mut()).is_pending());
                left.push(alone);
                for _ in 0..5 {
                    Store::load(store, key).await.unwrap();
                }
            }
            for alone in left {
                alone.await.unwrap();
            }
        });
    }
}

#[test]
fn a_wrong_password_is_told_at_once_and_seldom_tried() {
    let server = RedisServer::builder().password("s3cret").start().unwrap();
    let sentinels = sentinels_that_name(server.address());
    for url in [
        format!("redis://:wrong@{}", server.address()),
        format!("redis+sentinel://:wrong@{sentinels}/mymaster"),
        format!("redis+cluster://:wrong@{}", server.address()),
    ] {
        server.command(&["CONFIG", "RESETSTAT"]).unwrap();
        let (stores, began) = (Stores::of(&slow_to_connect(&url)), Instant::now());
        for _ in 0..50 {
            for loaded in stores.load(&key(1)) {
                assert_eq!(loaded.unwrap_err().kind(), StoreErrorKind::Denied, "{url}");
            }
        }
        let stats = server.command(&["INFO", "commandstats"]).unwrap().text();
        let calls = stats.lines().find_map(|line| line.strip_prefix("cmdstat_auth:calls="));
        let calls: u32 = calls.unwrap().split(',').next().unwrap().parse().unwrap();
        // One of each store at first and after each pause of at least 50 ms, and that of this test.
        let most = 3 + 2 * u32::try_from(began.elapsed().as_millis() / 50).unwrap();
        assert!(calls <= most.min(30), "{calls} logins for {url}");
    }
}

/// A sentinel that always names this master.
fn sentinels_that_name(master: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let port = master.port().to_string();
    let named = format!("*2\r\n$9\r\n127.0.0.1\r\n${}\r\n{port}\r\n", port.len());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, named) = (stream.unwrap(), named.clone());
            thread::spawn(move || {
                let mut buffer = [0; 4096];
                while let Ok(read @ 1..) = stream.read(&mut buffer) {
                    let text = String::from_utf8_lossy(buffer.get(..read).unwrap()).into_owned();
                    for _ in text.matches("SETNAME") {
                        stream.write_all(b"+OK\r\n").unwrap();
                    }
                    for _ in text.matches("GET-MASTER-ADDR-BY-NAME") {
                        stream.write_all(named.as_bytes()).unwrap();
                    }
                }
            });
        }
    });
    address
}

#[test]
fn a_sentinel_that_names_a_replica_is_not_believed() {
    let trio = SentinelTrio::start().unwrap();
    let liar = sentinels_that_name(trio.replica().address());
    let url = trio.url().replacen("://", &format!("://{liar},"), 1);
    let stores = Stores::of(&slow_to_connect(&url));
    for number in 1..20 {
        stores.assert_work(number);
    }
}

/// Sentinels that accept connections and bytes and say nothing.
#[test]
fn sentinels_that_swallow_packets_disturb_nobody() {
    let trio = SentinelTrio::start().unwrap();
    let proxies: Vec<Proxy> =
        trio.sentinels().iter().map(|sentinel| Proxy::start(sentinel.address()).unwrap()).collect();
    let addresses: Vec<String> = proxies.iter().map(|proxy| proxy.address().to_string()).collect();
    let url = format!("redis+sentinel://{}/{}", addresses.join(","), SentinelTrio::MASTER_NAME);
    // Whoever waited for a sentinel would wait for a minute.
    let limit = Duration::from_secs(60);
    let patient = RedisStore::builder(&url).connect_timeout(limit).response_timeout(limit).budget(limit);
    let stores = Stores::of(&patient);
    stores.assert_work(1);
    proxies.iter().for_each(|proxy| proxy.set(Mode::Stall));
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(3) {
        for loaded in stores.load(&key(1)) {
            assert!(loaded.unwrap().is_some());
        }
    }
}

/// A server that answers the handshake and then sends a byte of its reply now and then. Counts its connections.
fn server_that_trickles() -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, connections) = (listener.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
    let count = Arc::clone(&connections);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            count.fetch_add(1, Ordering::Relaxed);
            thread::spawn(move || {
                let _ = stream.read(&mut [0; 512]);
                let _ = stream.write_all(b"+OK\r\n-ERR unknown command\r\n");
                let _ = stream.read(&mut [0; 512]);
                let _ = stream.write_all(b"$1000\r\n");
                while stream.write_all(b"x").is_ok() {
                    thread::sleep(Duration::from_millis(20));
                }
            });
        }
    });
    (address, connections)
}

#[test]
fn a_reply_that_trickles_ends_at_the_limit() {
    let (address, connections) = server_that_trickles();
    let builder =
        RedisStore::builder(&format!("redis://{address}")).response_timeout(Duration::from_millis(100));
    let stores = Stores::of(&builder);
    let began = Instant::now();
    let error = BlockingStore::load(&stores.blocking, &key(1)).unwrap_err();
    assert_eq!((error.kind(), error.applied()), (StoreErrorKind::Timeout, Applied::No), "{error:?}");
    // The whole reply would take twenty seconds.
    assert!(began.elapsed() < BOUND);

    // The shared connection of the other store is slow, and giving it up would not make it faster.
    let before = connections.load(Ordering::Relaxed);
    for _ in 0..3 {
        let error = stores.runtime.block_on(Store::load(&stores.nonblocking, &key(1))).unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Timeout, "{error:?}");
    }
    assert_eq!(connections.load(Ordering::Relaxed) - before, 1);
}

#[test]
fn a_connection_is_replaced_after_its_life_without_losing_a_request() {
    let (server, proxy, url) = behind_proxy();
    let stores = Stores::of(&slow_to_connect(&url).connection_lifetime(Duration::from_millis(30)));
    let began = Instant::now();
    while proxy.traffic().connections < 12 {
        for loaded in stores.load(&key(1)) {
            assert!(loaded.unwrap().is_none());
        }
        assert!(began.elapsed() < BOUND);
    }
    // The old ones have ended, and the new ones have a name.
    let limit = Duration::from_secs(10);
    assert!(proxy.wait(limit, |traffic| traffic.open <= 4), "{:?}", proxy.traffic());
    assert!(server.command(&["CLIENT", "LIST"]).unwrap().text().contains("name=alo-session"));
}

/// Eight callers, one connection: each is served, and nobody overtakes for ever.
#[test]
fn callers_wait_for_the_only_connection_of_a_pool() {
    let (_server, proxy, url) = behind_proxy();
    let store = slow_to_connect(&url).pool_size(1).build_blocking().unwrap();
    BlockingStore::load(&store, &key(1)).unwrap();
    proxy.set(Mode::HoldReplies);
    thread::scope(|scope| {
        let waiting: Vec<_> =
            (0..8).map(|_| scope.spawn(|| BlockingStore::load(&store, &key(1)).map(drop))).collect();
        assert!(proxy.wait(BOUND, |traffic| traffic.held > 0));
        proxy.set(Mode::Pass);
        for caller in waiting {
            caller.join().unwrap().unwrap();
        }
    });
    assert_eq!(proxy.traffic().connections, 1);
}
