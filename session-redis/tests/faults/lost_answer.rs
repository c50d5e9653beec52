//! An answer is lost, and by the time the request is repeated, others have built on it.

use std::{
    thread,
    time::{Duration, Instant},
};

use session_core::{
    id::{Family, StoreKey},
    store::{Applied, BlockingStore, CommitOutcome, Store, StoreError, Write},
};
use session_redis::blocking::RedisStore;
use session_testservers::{
    RedisServer,
    proxy::{Direction, Mode, Proxy},
};

use crate::stores::{BOUND, Stores, key, name, revision};

fn write(next: u8) -> Write<'static> {
    Write { next: revision(next), data: b"data", ttl: Duration::from_secs(600) }
}

/// Were the repetition's conflict passed on, the caller would apply its change to the other's record: a second time.
fn is_told_as_unknown(commit: impl FnOnce(&Stores) -> Result<CommitOutcome, StoreError> + Send) {
    let server = RedisServer::start().unwrap();
    let proxy = Proxy::start(server.address()).unwrap();
    let stores = Stores::on(&format!("redis://{}", proxy.address()));
    let direct = RedisStore::connect(&server.url()).unwrap();
    stores.assert_work(1);
    // The server has to know the script, or the lost answer is that it does not.
    assert_eq!(direct.commit(&key(9), revision(1), write(2)).unwrap(), CommitOutcome::Gone);
    proxy.set(Mode::HoldReplies);
    let committed = thread::scope(|scope| {
        let committed = scope.spawn(|| commit(&stores));
        let began = Instant::now();
        while direct.commit(&key(1), revision(2), write(3)).unwrap() != CommitOutcome::Written {
            assert!(began.elapsed() < BOUND, "the commit did not arrive");
        }
        proxy.set(Mode::CutAfter { direction: Direction::ToClient, bytes: 0 });
        committed.join().unwrap()
    });
    assert_eq!(committed.unwrap_err().applied(), Applied::Unknown);
    assert_eq!(direct.load(&key(1)).unwrap().unwrap().revision, revision(3));
}

#[test]
fn asynchronously() {
    is_told_as_unknown(|stores| {
        stores.runtime.block_on(Store::commit(&stores.nonblocking, &key(1), revision(1), write(2)))
    });
}

#[test]
fn blocking() {
    is_told_as_unknown(|stores| BlockingStore::commit(&stores.blocking, &key(1), revision(1), write(2)));
}

/// The repetition finds all sessions ended, and tells how many the first try ended all the same.
fn is_counted(revoke: impl FnOnce(&Stores, &Family) -> Result<u64, StoreError> + Send) {
    let server = RedisServer::start().unwrap();
    let proxy = Proxy::start(server.address()).unwrap();
    let stores = Stores::on(&format!("redis://{}", proxy.address()));
    let direct = RedisStore::connect(&server.url()).unwrap();
    stores.assert_work(1);
    direct.revoke(&Family::of_owner("bob", None), None).unwrap();
    let family = Family::of_owner("ada", None);
    let owned = |number| StoreKey { digest: key(number).digest, family };
    for number in 1..4 {
        direct.create(&owned(number), write(number), None).unwrap();
    }
    let keys =
        || server.command(&["KEYS", &format!("{}*", name(1).split('{').next().unwrap())]).unwrap().text();
    let before = keys().lines().count();
    proxy.set(Mode::HoldReplies);
    let ended = thread::scope(|scope| {
        let ended = scope.spawn(|| revoke(&stores, &family));
        let began = Instant::now();
        while direct.load(&owned(1)).unwrap().is_some() {
            assert!(began.elapsed() < BOUND, "the revocation did not arrive");
        }
        proxy.set(Mode::CutAfter { direction: Direction::ToClient, bytes: 0 });
        ended.join().unwrap()
    });
    assert_eq!(ended.unwrap(), 3);
    assert_eq!(keys().lines().count(), before - 4, "their memory is free: three records and the index");
    assert_eq!(direct.revoke(&family, None).unwrap(), 0, "another revocation ends none");
}

#[test]
fn a_revocation_asynchronously() {
    is_counted(|stores, family| stores.runtime.block_on(Store::revoke(&stores.nonblocking, family, None)));
}

#[test]
fn a_revocation_blocking() {
    is_counted(|stores, family| BlockingStore::revoke(&stores.blocking, family, None));
}
