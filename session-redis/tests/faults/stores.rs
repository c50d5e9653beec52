use std::time::{Duration, Instant};

use base64ct::{Base64UrlUnpadded, Encoding as _};
use session_core::{
    id::{Digest, Family, StoreKey},
    store::{BlockingStore, CommitOutcome, Revision, Store, StoreError, StoreErrorKind, Stored, Write},
};
use session_redis::{Builder, RedisStore, blocking};

/// Far above the budget of one second, for a machine that is busy.
pub(crate) const BOUND: Duration = Duration::from_secs(10);

/// The stores of both APIs on one server. The asynchronous one runs on a runtime of its own.
pub(crate) struct Stores {
    pub(crate) runtime: tokio::runtime::Runtime,
    pub(crate) nonblocking: RedisStore,
    pub(crate) blocking: blocking::RedisStore,
}

impl Stores {
    pub(crate) fn on(url: &str) -> Self {
        Self::of(&RedisStore::builder(url))
    }

    pub(crate) fn of(builder: &Builder) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let (nonblocking, blocking) = (builder.clone().build(), builder.clone().build_blocking());
        Self { runtime, nonblocking: nonblocking.unwrap(), blocking: blocking.unwrap() }
    }

    /// Loads one session, through each API.
    pub(crate) fn load(&self, key: &StoreKey) -> [Result<Option<Stored>, StoreError>; 2] {
        let began = Instant::now();
        let both = [
            self.runtime.block_on(Store::load(&self.nonblocking, key)),
            BlockingStore::load(&self.blocking, key),
        ];
        assert!(began.elapsed() < BOUND, "{:?}", began.elapsed());
        both
    }

    /// Creates this session through the asynchronous API, and the one 128 above it through the other.
    pub(crate) fn create(&self, number: u8) -> [Result<(), StoreError>; 2] {
        let began = Instant::now();
        let data = [number; 100];
        let write = Write { next: revision(number), data: &data, ttl: Duration::from_secs(600) };
        let both = [
            self.runtime.block_on(Store::create(&self.nonblocking, &key(number), write, None)).map(drop),
            BlockingStore::create(&self.blocking, &key(number + 128), write, None).map(drop),
        ];
        assert!(began.elapsed() < BOUND, "{:?}", began.elapsed());
        both
    }

    /// Writes the first of them anew, through each API; the second time is a repetition.
    pub(crate) fn commit(&self, number: u8, next: u8) -> [Result<CommitOutcome, StoreError>; 2] {
        let began = Instant::now();
        let data = [next; 100];
        let write = Write { next: revision(next), data: &data, ttl: Duration::from_secs(600) };
        let (key, expected) = (key(number), revision(number));
        let both = [
            self.runtime.block_on(Store::commit(&self.nonblocking, &key, expected, write)),
            BlockingStore::commit(&self.blocking, &key, expected, write),
        ];
        assert!(began.elapsed() < BOUND, "{:?}", began.elapsed());
        both
    }

    /// Creates sessions until both stores do it again, and returns how long that took and which was the last.
    pub(crate) fn recover(&self, numbers: impl IntoIterator<Item = u8>) -> (Duration, u8) {
        let began = Instant::now();
        for number in numbers {
            let both = self.create(number);
            for error in both.iter().filter_map(|created| created.as_ref().err()) {
                let kind = error.kind();
                assert!(
                    matches!(
                        kind,
                        StoreErrorKind::Unavailable | StoreErrorKind::Timeout | StoreErrorKind::ReadOnly
                    ),
                    "{error:?}"
                );
            }
            if both.iter().all(Result::is_ok) {
                return (began.elapsed(), number);
            }
        }
        panic!("the store does not recover within {:?}", began.elapsed())
    }

    pub(crate) fn assert_work(&self, number: u8) {
        for created in self.create(number) {
            created.unwrap();
        }
        for loaded in self.load(&key(number)) {
            assert_eq!(*loaded.unwrap().unwrap().data, [number; 100]);
        }
    }
}

pub(crate) fn revision(number: u8) -> Revision {
    Revision::from_bytes([number; 16])
}

/// An anonymous session, which has a slot of its own.
pub(crate) fn key(number: u8) -> StoreKey {
    let digest = Digest::from_bytes([number; 32]);
    StoreKey { family: Family::anonymous(&digest), digest }
}

/// The name of its key in Redis.
pub(crate) fn name(number: u8) -> String {
    let key = key(number);
    let [family, digest] =
        [&key.family.as_bytes()[..], key.digest.as_bytes()].map(Base64UrlUnpadded::encode_string);
    format!("_alo_sess_{{{family}}}s:{digest}")
}
