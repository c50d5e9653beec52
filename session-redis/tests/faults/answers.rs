//! What errors mean that servers raise within scripts, and that proxies answer.

use std::{
    io::{BufRead, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    thread,
    time::{Duration, Instant},
};

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{Applied, BlockingStore, CommitOutcome, Store, StoreError, StoreErrorKind, Write},
};
use session_testservers::{RedisServer, proxy::Proxy};

use crate::stores::{Stores, key, name, revision};

const TTL: Duration = Duration::from_secs(600);

/// A session of an owner.
fn owned(number: u8) -> StoreKey {
    StoreKey { family: Family::of_owner("ada", None), digest: Digest::from_bytes([number; 32]) }
}

fn write(next: u8, data: &[u8]) -> Write<'_> {
    Write { next: revision(next), data, ttl: TTL }
}

/// Makes this session, and every other operation that is a script, through each API. Returns what each of them says.
fn scripts(stores: &Stores, number: u8) -> Vec<(&'static str, Result<(), StoreError>)> {
    let Stores { runtime, nonblocking, blocking } = stores;
    let mut all = Vec::new();
    for key in [key(number), owned(number)] {
        let (expected, next) = (revision(number), write(7, b"next"));
        let mut note = |name, both: [Result<(), StoreError>; 2]| all.extend(both.map(|done| (name, done)));
        let to = StoreKey { digest: Digest::from_bytes([200; 32]), ..key };
        note(
            "commit",
            [
                runtime.block_on(Store::commit(nonblocking, &key, expected, next)).map(drop),
                BlockingStore::commit(blocking, &key, expected, next).map(drop),
            ],
        );
        note(
            "touch",
            [
                runtime.block_on(Store::touch(nonblocking, &key, revision(7), TTL)).map(drop),
                BlockingStore::touch(blocking, &key, revision(7), TTL).map(drop),
            ],
        );
        note(
            "rotate",
            [
                runtime.block_on(Store::rotate(nonblocking, &key, revision(7), &to, next, None)).map(drop),
                BlockingStore::rotate(blocking, &key, revision(7), &to, next, None).map(drop),
            ],
        );
        note(
            "delete",
            [
                runtime.block_on(Store::delete(nonblocking, &key, None, None)).map(drop),
                BlockingStore::delete(blocking, &key, None, None).map(drop),
            ],
        );
    }
    all
}

/// The sessions that [`scripts`] is about.
fn prepare(stores: &Stores, number: u8) {
    for key in [key(number), owned(number)] {
        BlockingStore::create(&stores.blocking, &key, write(number, b"data"), None).unwrap();
    }
}

#[test]
fn what_a_server_refuses_within_a_script_has_its_kind_and_did_nothing() {
    let server = RedisServer::start().unwrap();
    let stores = Stores::on(&server.url());
    prepare(&stores, 1);
    let data = || server.command(&["GETRANGE", &name(1), "16", "-1"]).unwrap().text();
    let commit = |key: &StoreKey| {
        let (expected, next) = (revision(1), write(2, b"next"));
        [
            stores.runtime.block_on(Store::commit(&stores.nonblocking, key, expected, next)),
            BlockingStore::commit(&stores.blocking, key, expected, next),
        ]
    };
    for (setting, value, normal, kind) in [
        ("maxmemory", "1", "0", StoreErrorKind::OutOfSpace),
        ("replicaof", "127.0.0.1 1", "no one", StoreErrorKind::ReadOnly),
    ] {
        let set = |value: &str| match setting {
            "replicaof" => {
                let words: Vec<&str> = [setting].into_iter().chain(value.split(' ')).collect();
                server.command(&words).unwrap()
            }
            _ => server.command(&["CONFIG", "SET", setting, value]).unwrap(),
        };
        set(value);
        for error in commit(&key(1)).into_iter().chain(commit(&owned(1))).map(Result::unwrap_err) {
            assert_eq!((error.kind(), error.applied()), (kind, Applied::No), "{error:?}");
        }
        set(normal);
        assert_eq!(data(), "data");
    }
    for committed in commit(&key(1)).into_iter().chain(commit(&owned(1))) {
        assert_eq!(committed.unwrap(), CommitOutcome::Written);
    }
}

#[test]
fn an_error_within_a_script_has_changed_nothing() {
    let server = RedisServer::start().unwrap();
    let stores = Stores::on(&server.url());
    for kind in ["i", "r"] {
        server.command(&["FLUSHALL"]).unwrap();
        prepare(&stores, 1);
        let foreign = server.command(&["KEYS", &format!("*{kind}")]).unwrap().text().trim().to_owned();
        server.command(&["SET", &foreign, "of somebody else"]).unwrap();
        let owner = foreign.strip_suffix(kind).unwrap();
        let record = server.command(&["KEYS", &format!("{owner}s:*")]).unwrap().text();
        let value = || server.command(&["GET", record.trim()]).unwrap();
        let before = value();
        // The first half is about the anonymous session.
        for (operation, done) in scripts(&stores, 1).into_iter().skip(8) {
            let error = done.unwrap_err();
            assert_eq!(
                (error.kind(), error.applied()),
                (StoreErrorKind::Undecodable, Applied::No),
                "{operation}, {kind}: {error:?}"
            );
        }
        assert_eq!(value(), before, "{kind}");
    }

    for forbidden in [" +zadd", " +pexpire"] {
        let rules = session_redis::acl_rules("_alo_sess_").replace(forbidden, "");
        let line: Vec<&str> = ["ACL", "SETUSER", "less", "reset", "on", ">s3cret"]
            .into_iter()
            .chain(rules.split(' '))
            .collect();
        server.command(&line).unwrap();
        server.command(&["FLUSHALL"]).unwrap();
        let stores = Stores::on(&format!("redis://less:s3cret@{}", server.address()));
        for created in [
            stores.runtime.block_on(Store::create(&stores.nonblocking, &owned(1), write(1, b"data"), None)),
            BlockingStore::create(&stores.blocking, &owned(2), write(2, b"data"), None),
        ] {
            let error = created.unwrap_err();
            assert_eq!(
                (error.kind(), error.applied()),
                (StoreErrorKind::Denied, Applied::Unknown),
                "{error:?}"
            );
        }
        assert_eq!(server.command(&["KEYS", "*"]).unwrap().text(), "", "{forbidden}");
    }
}

/// How far a server has written or followed.
fn offset(server: &RedisServer, field: &str) -> Option<String> {
    let replication = server.command(&["INFO", "replication"]).unwrap().text();
    replication.lines().find_map(|line| line.strip_prefix(field)).map(|offset| offset.trim().to_owned())
}

/// The old master becomes a replica of the new one and keeps its connections, while new ones lead to the new master.
#[test]
fn after_a_switchover_all_operations_go_on_at_once() {
    let start = || RedisServer::builder().config("repl-diskless-sync-delay 0").start().unwrap();
    let (old, new) = (start(), start());
    let proxy = Proxy::start(old.address()).unwrap();
    let stores = Stores::on(&format!("redis://{}", proxy.address()));
    for (from, to, number) in [(&old, &new, 1), (&new, &old, 2)] {
        stores.assert_work(number);
        let address = from.address();
        // A store may connect anew as soon as the name leads elsewhere.
        let before = proxy.traffic().connections;
        to.command(&["REPLICAOF", "NO", "ONE"]).unwrap();
        proxy.lead_to(to.address());
        from.command(&["REPLICAOF", "127.0.0.1", &to.address().port().to_string()]).unwrap();
        for round in 0..3 {
            prepare(&stores, 10 + round);
            // A script that finds nothing writes nothing, and a replica does not refuse it.
            let began = Instant::now();
            while offset(to, "master_repl_offset:") != offset(from, "slave_repl_offset:") {
                assert!(began.elapsed() < Duration::from_secs(60), "the replica does not follow");
            }
            for (operation, done) in scripts(&stores, 10 + round) {
                done.unwrap_or_else(|error| panic!("{operation} at {address}: {error:?}"));
            }
        }
        assert_eq!(proxy.traffic().connections - before, 2, "a new connection for each store");
    }
}

/// Forwards a connection to the server, but answers INFO and ROLE itself, as a proxy does that does not know them.
fn proxy_that_answers(server: SocketAddr, error: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for client in listener.incoming() {
            thread::spawn(move || serve(client.unwrap(), server, error));
        }
    });
    address
}

fn serve(client: TcpStream, server: SocketAddr, error: &str) -> Option<()> {
    let mut server = TcpStream::connect(server).ok()?;
    let (mut from_client, mut to_client) = (BufReader::new(client.try_clone().ok()?), client);
    let mut from_server = BufReader::new(server.try_clone().ok()?);
    loop {
        // One command: its count, then its words.
        let mut command = Vec::new();
        from_client.read_until(b'\n', &mut command).ok().filter(|read| *read > 0)?;
        let count: usize = str::from_utf8(&command).ok()?.trim().strip_prefix('*')?.parse().ok()?;
        for _ in 0..count {
            let mut length = Vec::new();
            from_client.read_until(b'\n', &mut length).ok()?;
            let bytes: usize = str::from_utf8(&length).ok()?.trim().strip_prefix('$')?.parse().ok()?;
            command.extend(length);
            let mut word = vec![0; bytes + 2];
            from_client.read_exact(&mut word).ok()?;
            command.extend(word);
        }
        let text = String::from_utf8_lossy(&command);
        if ["INFO", "ROLE", "CLIENT"].iter().any(|name| text.contains(&format!("\r\n{name}\r\n"))) {
            to_client.write_all(format!("-{error}\r\n").as_bytes()).ok()?;
            continue;
        }
        server.write_all(&command).ok()?;
        to_client.write_all(&reply_of(&mut from_server)?).ok()?;
    }
}

/// The bytes of one reply.
fn reply_of(from: &mut impl BufRead) -> Option<Vec<u8>> {
    let mut reply = Vec::new();
    from.read_until(b'\n', &mut reply).ok().filter(|read| *read > 0)?;
    let number = || str::from_utf8(reply.get(1..)?).ok()?.trim().parse::<i64>().ok();
    match reply.first()? {
        b'$' => {
            let length = usize::try_from(number()?);
            if let Ok(length) = length {
                let mut bytes = vec![0; length + 2];
                from.read_exact(&mut bytes).ok()?;
                reply.extend(bytes);
            }
        }
        b'*' => {
            for _ in 0..number()?.max(0) {
                reply.extend(reply_of(from)?);
            }
        }
        _ => {}
    }
    Some(reply)
}

#[test]
fn a_proxy_that_does_not_tell_the_version_is_served() {
    let server = RedisServer::start().unwrap();
    for error in ["unsupported command 'INFO'", "ERR unknown command `INFO`", "ERR not here", "WHAT"] {
        server.command(&["FLUSHALL"]).unwrap();
        let address = proxy_that_answers(server.address(), error);
        Stores::on(&format!("redis://{address}")).assert_work(1);
    }
}
