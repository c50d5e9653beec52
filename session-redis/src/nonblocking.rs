use std::{
    fmt,
    sync::{Arc, OnceLock},
    time::Duration,
};

use redis::aio::{ConnectionLike as _, ConnectionManager, ConnectionManagerConfig};
use session_core::{
    id::{Digest, Family, StoreKey},
    store::{
        Applied, Cap, CommitOutcome, CreateOutcome, DeleteOutcome, Revision, RotateOutcome, Store,
        StoreError, StoreErrorKind, Stored, TouchOutcome, Write,
    },
};

use crate::{
    BuildError, Builder,
    failure::{failure, read},
    keys::Keys,
    reply::{self, Reply},
    request::{Command, Request},
    settings::Settings,
    value,
};

/// Sessions in Redis, asynchronously over one multiplexed connection. Cheap to clone.
#[derive(Clone)]
pub struct RedisStore {
    inner: Arc<Inner>,
}

struct Inner {
    keys: Keys,
    settings: Settings,
    connection: OnceLock<ConnectionManager>,
}

impl RedisStore {
    /// The store on the server at this URL (`redis://user:password@host:port/database` or
    /// `redis+unix:///path?db=database`). Nothing is sent before the first operation.
    ///
    /// # Errors
    /// [`BuildError`] if the URL cannot be read.
    pub fn connect(url: &str) -> Result<Self, BuildError> {
        Self::builder(url).build()
    }

    /// A store with settings of its own.
    pub fn builder(url: &str) -> Builder {
        Builder::new(url)
    }

    pub(crate) fn new(settings: Settings) -> Self {
        let keys = Keys::new(settings.prefix.clone());
        Self { inner: Arc::new(Inner { keys, settings, connection: OnceLock::new() }) }
    }

    /// Every write recognises its own repetition, so what got no answer is tried once more.
    async fn run(&self, request: Request) -> Result<Reply, StoreError> {
        let sent = tokio::time::timeout(self.inner.settings.budget, async {
            match self.send(&request).await {
                // That the second try did nothing says nothing of the first.
                Err(error) if error.applied() == Applied::Unknown => {
                    self.send(&request).await.map_err(|_| error)
                }
                answered => answered,
            }
        });
        sent.await.unwrap_or_else(|_| Err(StoreError::new(StoreErrorKind::Timeout, Applied::Unknown)))
    }

    async fn send(&self, request: &Request) -> Result<Reply, StoreError> {
        let mut connection = self.connection()?;
        let values = match exchange(&mut connection, &request.commands()).await {
            Err(error) if value::is_unknown_script(&error) => match request.source() {
                Some(commands) => exchange(&mut connection, &commands).await,
                None => Err(error),
            },
            answered => answered,
        };
        value::reply(request, values.map_err(failure)?)
    }

    /// Made at the first operation, which is where there is a runtime for it.
    fn connection(&self) -> Result<ConnectionManager, StoreError> {
        if let Some(connection) = self.inner.connection.get() {
            return Ok(connection.clone());
        }
        let settings = &self.inner.settings;
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(1)
            .set_min_delay(Duration::from_millis(20))
            .set_max_delay(Duration::from_millis(50))
            .set_connection_timeout(Some(settings.connect_timeout))
            .set_response_timeout(Some(settings.response_timeout));
        let connection =
            ConnectionManager::new_lazy_with_config(settings.client.clone(), config).map_err(failure)?;
        Ok(self.inner.connection.get_or_init(|| connection).clone())
    }

    /// Gives back memory at once that a deadline would give back later, so its failure is none.
    async fn forget(&self, family: &Family, ended: &[Digest]) {
        if !ended.is_empty() {
            let _ = self.run(self.inner.keys.forget(family, ended)).await;
        }
    }
}

async fn exchange(
    connection: &mut ConnectionManager,
    commands: &[Command],
) -> Result<Vec<redis::Value>, redis::RedisError> {
    let values = connection.req_packed_commands(&value::pipeline(commands), 0, commands.len()).await?;
    values.into_iter().map(redis::Value::extract_error).collect()
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

    async fn list(&self, family: &Family) -> Result<Vec<(Digest, Stored)>, StoreError> {
        let members = reply::members(self.run(self.inner.keys.members(family)).await.map_err(read)?)?;
        let reply = self.run(self.inner.keys.list(family, &members)).await.map_err(read)?;
        reply::listed(&members, reply)
    }

    async fn revoke(&self, family: &Family, keep: Option<&Digest>) -> Result<u64, StoreError> {
        if !family.is_owned() {
            return Ok(0);
        }
        let ended = reply::digests(self.run(self.inner.keys.revoke(family, keep)).await?)?;
        self.forget(family, &ended).await;
        Ok(ended.len() as u64)
    }

    /// Redis expires records itself.
    async fn sweep(&self, _: u32) -> Result<u64, StoreError> {
        Ok(0)
    }
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore").field("prefix", &self.inner.settings.prefix).finish_non_exhaustive()
    }
}
