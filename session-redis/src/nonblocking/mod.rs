mod connection;
mod driver;
mod executor;
mod mailbox;
mod opening;
#[cfg(feature = "tls")]
mod tls;

use std::{fmt, pin::Pin, sync::Arc, time::Duration};

use executor::Executor;
use session_core::{
    id::{Digest, Family, StoreKey},
    store::{
        Cap, CommitOutcome, CreateOutcome, DeleteOutcome, Listed, Page, Revision, RotateOutcome, Store,
        StoreError, Stored, TouchOutcome, Write,
    },
};

use crate::{
    BuildError, Builder,
    failure::read,
    keys::Keys,
    operation::{LIST_TRIES, REVOKE_BATCH},
    reply::{self, Reply},
    request::Request,
    settings::Settings,
};

/// Sessions in Redis, asynchronously over one multiplexed connection to each server. Cheap to clone.
#[derive(Clone)]
pub struct RedisStore {
    inner: Arc<Inner>,
}

struct Inner {
    keys: Keys,
    executor: Executor,
}

impl RedisStore {
    /// The store at this URL, whose forms the [front page](crate) lists. Nothing is sent before the first operation.
    ///
    /// # Errors
    /// [`BuildError`] if the URL cannot be read, or needs a feature that is not compiled in.
    pub fn connect(url: &str) -> Result<Self, BuildError> {
        Self::builder(url).build()
    }

    /// A store with settings of its own.
    pub fn builder(url: &str) -> Builder {
        Builder::new(url)
    }

    pub(crate) fn new(settings: Settings) -> Self {
        let keys = Keys::new(settings.prefix.clone());
        Self { inner: Arc::new(Inner { keys, executor: Executor::new(settings) }) }
    }

    /// In a box, so that all that waits for a call is small. Allocators are quick up to a kilobyte.
    fn run(&self, request: Request) -> Pin<Box<impl Future<Output = Result<Reply, StoreError>> + Send>> {
        Box::pin(self.inner.executor.run(request))
    }

    /// Gives back memory at once that a deadline would give back later, so its failure is none.
    async fn forget(&self, family: &Family, ended: &[Digest]) {
        if !ended.is_empty() {
            let _ = self.run(self.inner.keys.forget(family, ended)).await;
        }
    }
}

impl Store for RedisStore {
    async fn load(&self, key: &StoreKey) -> Result<Option<Stored>, StoreError> {
        let reply = self.run(self.inner.keys.load(key)).await.map_err(read)?;
        if key.is_owned() { reply::loaded_owned(reply) } else { reply::loaded(reply) }
    }

    async fn create(
        &self,
        key: &StoreKey,
        write: Write<'_>,
        cap: Option<Cap>,
    ) -> Result<CreateOutcome, StoreError> {
        let keys = &self.inner.keys;
        if key.is_owned() {
            let outcome = reply::created_owned(self.run(keys.create_owned(key, write, cap)).await?)?;
            if let CreateOutcome::Created { evicted } = &outcome {
                self.forget(&key.family, evicted).await;
            }
            return Ok(outcome);
        }
        let created = reply::inserted(self.run(keys.insert(key, write)).await?)?
            || reply::repeated(write.next, self.run(keys.revision(key)).await.map_err(read)?)?;
        Ok(if created { CreateOutcome::Created { evicted: Vec::new() } } else { CreateOutcome::Exists })
    }

    async fn commit(
        &self,
        key: &StoreKey,
        expected: Revision,
        write: Write<'_>,
    ) -> Result<CommitOutcome, StoreError> {
        reply::committed(key.is_owned(), self.run(self.inner.keys.commit(key, expected, write)).await?)
    }

    async fn touch(
        &self,
        key: &StoreKey,
        expected: Revision,
        ttl: Duration,
    ) -> Result<TouchOutcome, StoreError> {
        reply::touched(&self.run(self.inner.keys.touch(key, expected, ttl)).await?)
    }

    async fn rotate(
        &self,
        from: &StoreKey,
        expected: Revision,
        to: &StoreKey,
        write: Write<'_>,
        tombstone: Option<Write<'_>>,
    ) -> Result<RotateOutcome, StoreError> {
        let request = self.inner.keys.rotate(from, expected, to, write, tombstone)?;
        reply::rotated(from.is_owned(), self.run(request).await?)
    }

    async fn delete(
        &self,
        key: &StoreKey,
        expected: Option<Revision>,
        tombstone: Option<Write<'_>>,
    ) -> Result<DeleteOutcome, StoreError> {
        let request = self.inner.keys.delete(key, expected, tombstone);
        reply::deleted(key.is_owned(), self.run(request).await?)
    }

    async fn list(&self, family: &Family, page: Page) -> Result<Listed, StoreError> {
        let mut tries = LIST_TRIES;
        loop {
            let members =
                self.run(self.inner.keys.members(family)).await.and_then(reply::members).map_err(read)?;
            let (members, next) = page.cut(members.into_iter().map(|cursor| (cursor, cursor)));
            if members.is_empty() {
                return Ok(Listed::default());
            }
            let reply = self.run(self.inner.keys.list(family, &members)).await.map_err(read)?;
            let (sessions, stayed) = reply::listed(&members, reply).map_err(read)?;
            tries -= 1;
            if stayed || tries == 0 {
                return Ok(Listed { sessions, next });
            }
        }
    }

    async fn revoke(&self, family: &Family, keep: Option<&Digest>) -> Result<u64, StoreError> {
        if !family.is_owned() {
            return Ok(0);
        }
        let mut count = 0;
        loop {
            let mut ended = reply::digests(self.run(self.inner.keys.revoke(family, keep)).await?)?;
            let more = ended.len() >= REVOKE_BATCH;
            ended.retain(|digest| Some(digest) != keep);
            self.forget(family, &ended).await;
            count += ended.len() as u64;
            if !more {
                return Ok(count);
            }
        }
    }

    /// Redis expires records itself.
    async fn sweep(&self, _: u32) -> Result<u64, StoreError> {
        Ok(0)
    }
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore").field("keys", &self.inner.keys).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::mem::size_of_val;

    use super::*;

    #[test]
    fn a_call_is_small_and_its_box_too() {
        let store = RedisStore::connect("redis://localhost").unwrap();
        let key = StoreKey { family: Family::from_bytes([1; 16]), digest: Digest::from_bytes([2; 32]) };
        let expected = Revision::from_bytes([3; 16]);
        let write = Write { next: expected, data: b"", ttl: Duration::from_secs(1) };
        let calls = [
            size_of_val(&store.load(&key)),
            size_of_val(&store.create(&key, write, None)),
            size_of_val(&store.commit(&key, expected, write)),
            size_of_val(&store.touch(&key, expected, write.ttl)),
            size_of_val(&store.rotate(&key, expected, &key, write, Some(write))),
            size_of_val(&store.delete(&key, None, Some(write))),
            size_of_val(&store.list(&key.family, Page::default())),
            size_of_val(&store.revoke(&key.family, None)),
            size_of_val(&store.sweep(1)),
        ];
        assert!(calls.iter().all(|&size| size <= 400), "{calls:?}");
        // The largest that the C library's allocator keeps at hand.
        let size = size_of_val(&*store.run(store.inner.keys.load(&key)));
        assert!(size <= 1032, "{size}");
    }
}
