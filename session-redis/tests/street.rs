//! What networks and proxies do to a store at the same time, not one after the other.

#![cfg(all(feature = "tokio", feature = "blocking"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    thread,
    time::{Duration, Instant},
};

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{BlockingStore, Revision, Store, StoreError, Write},
};
use session_redis::{Builder, RedisStore, blocking};
use session_testservers::{
    RedisServer, SentinelTrio,
    proxy::{Mode, Proxy},
};
use tokio::runtime::Runtime;

/// Far above what servers need to elect, for a machine that is busy.
const LIMIT: Duration = Duration::from_secs(60);

struct Both {
    runtime: Runtime,
    nonblocking: RedisStore,
    blocking: blocking::RedisStore,
}

/// A session of ada's.
fn key(number: u8) -> StoreKey {
    StoreKey { family: Family::of_owner("ada", None), digest: Digest::from_bytes([number; 32]) }
}

impl Both {
    fn of(builder: &Builder) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let (nonblocking, blocking) = (builder.clone().build(), builder.clone().build_blocking());
        Self { runtime: runtime.unwrap(), nonblocking: nonblocking.unwrap(), blocking: blocking.unwrap() }
    }

    fn create(&self, number: u8) -> [Result<(), StoreError>; 2] {
        let write =
            Write { next: Revision::from_bytes([number; 16]), data: b"data", ttl: Duration::from_secs(600) };
        let first = key(number);
        let nonblocking = Store::create(&self.nonblocking, &first, write, None);
        [
            self.runtime.block_on(nonblocking).map(drop),
            BlockingStore::create(&self.blocking, &key(number + 128), write, None).map(drop),
        ]
    }

    /// Whether each API finds its session.
    fn load(&self, number: u8) -> [Result<bool, StoreError>; 2] {
        let first = key(number);
        let nonblocking = Store::load(&self.nonblocking, &first);
        [
            self.runtime.block_on(nonblocking).map(|found| found.is_some()),
            BlockingStore::load(&self.blocking, &key(number + 128)).map(|found| found.is_some()),
        ]
    }
}

fn start() -> RedisServer {
    RedisServer::builder().config("repl-diskless-sync-delay 0").start().unwrap()
}

/// One sentinel refuses, one swallows, one is well, and then the master fails.
#[test]
fn one_sentinel_that_is_well_is_enough_for_a_failover() {
    let trio = SentinelTrio::start().unwrap();
    let proxies: Vec<Proxy> =
        trio.sentinels().iter().map(|sentinel| Proxy::start(sentinel.address()).unwrap()).collect();
    let addresses: Vec<String> = proxies.iter().map(|proxy| proxy.address().to_string()).collect();
    let url = format!("redis+sentinel://{}/{}", addresses.join(","), SentinelTrio::MASTER_NAME);
    proxies[0].set(Mode::Refuse);
    proxies[1].set(Mode::Stall);
    let stores = Both::of(&RedisStore::builder(&url));
    let began = Instant::now();
    while stores.create(1).iter().any(Result::is_err) {
        assert!(began.elapsed() < LIMIT, "no store is connected");
    }
    trio.master().command(&["WAIT", "1", "0"]).unwrap();
    trio.master().kill().unwrap();
    let began = Instant::now();
    while stores.create(2).iter().any(Result::is_err) {
        assert!(began.elapsed() < LIMIT, "no store finds the new master");
    }
    for number in [1, 2] {
        assert_eq!(stores.load(number).map(Result::unwrap), [true; 2]);
    }
}

/// A process that only reads gets no refusal from the server that has become a replica, and this one follows nobody.
#[test]
fn what_is_ended_on_the_new_master_ends_where_only_reads_are_made() {
    let (old, new) = (start(), start());
    let proxy = Proxy::start(old.address()).unwrap();
    let builder = RedisStore::builder(&format!("redis://{}", proxy.address()));
    let stores = Both::of(&builder.connection_lifetime(Duration::from_millis(200)));
    assert_eq!(stores.create(1).map(Result::unwrap), [(); 2]);
    new.command(&["REPLICAOF", "127.0.0.1", &old.address().port().to_string()]).unwrap();
    let began = Instant::now();
    while !new.command(&["INFO", "replication"]).unwrap().text().contains("master_link_status:up") {
        assert!(began.elapsed() < LIMIT);
    }
    new.command(&["REPLICAOF", "NO", "ONE"]).unwrap();
    // It never gets through to its master.
    old.command(&["REPLICAOF", "127.0.0.1", "1"]).unwrap();
    proxy.lead_to(new.address());
    let other = blocking::RedisStore::connect(&new.url()).unwrap();
    assert_eq!(BlockingStore::revoke(&other, &key(1).family, None).unwrap(), 2);
    let began = Instant::now();
    while stores.load(1).map(Result::unwrap) != [false; 2] {
        assert!(began.elapsed() < LIMIT, "the old server is still read");
    }
    for _ in 0..20 {
        assert_eq!(stores.load(1).map(Result::unwrap), [false; 2]);
    }
}

/// Forwards all bytes, but hangs up without a word when one of these commands comes.
fn proxy_that_hangs_up(server: SocketAddr, commands: &'static [&'static str]) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for client in listener.incoming() {
            let (client, server) = (client.unwrap(), TcpStream::connect(server).unwrap());
            let (from, to) = (server.try_clone().unwrap(), client.try_clone().unwrap());
            thread::spawn(move || pump(from, to, &[]));
            thread::spawn(move || pump(client, server, commands));
        }
    });
    address
}

fn pump(mut from: TcpStream, mut to: TcpStream, commands: &[&str]) {
    let mut buffer = [0; 16384];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        let text = String::from_utf8_lossy(&buffer[..read]);
        if commands.iter().any(|name| text.contains(&format!("\r\n{name}\r\n")))
            || to.write_all(&buffer[..read]).is_err()
        {
            break;
        }
    }
    let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
}

#[test]
fn a_proxy_that_hangs_up_at_what_it_does_not_know_is_served() {
    for commands in [&["INFO"][..], &["CLIENT"], &["CLIENT", "INFO", "ROLE"]] {
        for password in ["", "s3cret"] {
            let builder = RedisServer::builder();
            let builder = if password.is_empty() { builder } else { builder.password(password) };
            let server = builder.start().unwrap();
            let address = proxy_that_hangs_up(server.address(), commands);
            let stores = Both::of(&RedisStore::builder(
                &server.url().replace(&server.address().to_string(), &address.to_string()),
            ));
            // For 50 ms, every operation meets the failure that teaches the store to say less.
            let began = Instant::now();
            let failed = || stores.create(1).into_iter().find_map(Result::err);
            while let Some(error) = failed() {
                assert!(began.elapsed() < LIMIT, "{commands:?}, `{password}`: {error:?}");
            }
            assert_eq!(stores.load(1).map(Result::unwrap), [true; 2], "{commands:?}");
        }
    }
}

/// A name with two addresses, of which one is a replica.
#[test]
fn a_replica_among_two_servers_costs_no_write() {
    let (master, replica) = (start(), start());
    replica.command(&["REPLICAOF", "127.0.0.1", &master.address().port().to_string()]).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let servers = [replica.address(), master.address()];
    thread::spawn(move || {
        for (client, server) in listener.incoming().zip(servers.into_iter().cycle()) {
            let (client, server) = (client.unwrap(), TcpStream::connect(server).unwrap());
            let (from, to) = (server.try_clone().unwrap(), client.try_clone().unwrap());
            thread::spawn(move || pump(from, to, &[]));
            thread::spawn(move || pump(client, server, &[]));
        }
    });
    let url = format!("redis://{address}");
    let stores = Both::of(&RedisStore::builder(&url));
    for number in 1..20 {
        assert_eq!(stores.create(number).map(Result::unwrap), [(); 2]);
    }
}
