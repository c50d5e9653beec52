mod connect;
mod connection;
mod executor;
mod request_queue;
#[cfg(test)]
mod tests;
#[cfg(feature = "tls")]
mod tls;
mod wire;

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
    options::Settings,
    protocol::{
        errors::read,
        keys::Keys,
        operations::{LIST_TRIES, REVOKE_BATCH},
        replies::{self, Reply},
        requests::Request,
    },
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
        if key.is_owned() { replies::loaded_owned(reply) } else { replies::loaded(reply) }
    }

    async fn create(
        &self,
        key: &StoreKey,
        write: Write<'_>,
        cap: Option<Cap>,
    ) -> Result<CreateOutcome, StoreError> {
        let keys = &self.inner.keys;
        if key.is_owned() {
            let outcome = replies::created_owned(self.run(keys.create_owned(key, write, cap)).await?)?;
            if let CreateOutcome::Created { evicted } = &outcome {
                self.forget(&key.family, evicted).await;
            }
            return Ok(outcome);
        }
        let created = replies::inserted(self.run(keys.insert(key, write)).await?)?
            || replies::repeated(write.next, self.run(keys.revision(key)).await.map_err(read)?)?;
        Ok(if created { CreateOutcome::Created { evicted: Vec::new() } } else { CreateOutcome::Exists })
    }

    async fn commit(
        &self,
        key: &StoreKey,
        expected: Revision,
        write: Write<'_>,
    ) -> Result<CommitOutcome, StoreError> {
        replies::committed(key.is_owned(), self.run(self.inner.keys.commit(key, expected, write)).await?)
    }

    async fn touch(
        &self,
        key: &StoreKey,
        expected: Revision,
        ttl: Duration,
    ) -> Result<TouchOutcome, StoreError> {
        replies::touched(&self.run(self.inner.keys.touch(key, expected, ttl)).await?)
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
        replies::rotated(from.is_owned(), self.run(request).await?)
    }

    async fn delete(
        &self,
        key: &StoreKey,
        expected: Option<Revision>,
        tombstone: Option<Write<'_>>,
    ) -> Result<DeleteOutcome, StoreError> {
        let request = self.inner.keys.delete(key, expected, tombstone);
        replies::deleted(key.is_owned(), self.run(request).await?)
    }

    async fn list(&self, family: &Family, page: Page) -> Result<Listed, StoreError> {
        let mut tries = LIST_TRIES;
        loop {
            let members =
                self.run(self.inner.keys.members(family)).await.and_then(replies::members).map_err(read)?;
            let (members, next) = page.cut(members.into_iter().map(|cursor| (cursor, cursor)));
            if members.is_empty() {
                return Ok(Listed::default());
            }
            let reply = self.run(self.inner.keys.list(family, &members)).await.map_err(read)?;
            let (sessions, stayed) = replies::listed(&members, reply).map_err(read)?;
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
            let mut ended = replies::digests(self.run(self.inner.keys.revoke(family, keep)).await?)?;
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
