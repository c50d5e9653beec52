//! An answer is lost, and by the time the request is repeated, others have built on it.

use std::{
    thread,
    time::{Duration, Instant},
};

use session_core::store::{Applied, BlockingStore, CommitOutcome, Store, Write};
use session_redis::blocking::RedisStore;
use session_testservers::{
    RedisServer,
    proxy::{Direction, Mode, Proxy},
};

use crate::stores::{BOUND, Stores, key, revision};

fn write(next: u8) -> Write<'static> {
    Write { next: revision(next), data: b"data", ttl: Duration::from_secs(600) }
}

/// Were the repetition's conflict passed on, the caller would apply its change to the other's record: a second time.
fn is_told_as_unknown(
    commit: impl FnOnce(&Stores) -> Result<CommitOutcome, session_core::store::StoreError> + Send,
) {
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
