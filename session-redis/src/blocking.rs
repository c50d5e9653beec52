//! The blocking face.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use redis::ConnectionLike as _;
use session_core::{
    id::{Digest, Family, StoreKey},
    store::{
        Applied, BlockingStore, Cap, CommitOutcome, CreateOutcome, DeleteOutcome, Revision, RotateOutcome,
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

/// Sessions in Redis, on the calling thread, over a pool of connections. Cheap to clone.
#[derive(Clone)]
pub struct RedisStore {
    keys: Arc<Keys>,
    pool: r2d2::Pool<Manager>,
    budget: Duration,
}

impl RedisStore {
    /// The store on the server at this URL; see [`Builder`]. Nothing is sent before the first operation.
    ///
    /// # Errors
    /// [`BuildError`] if the URL cannot be read.
    pub fn connect(url: &str) -> Result<Self, BuildError> {
        Self::builder(url).build_blocking()
    }

    /// A store with settings of its own.
    pub fn builder(url: &str) -> Builder {
        Builder::new(url)
    }

    pub(crate) fn new(settings: &Settings) -> Self {
        let pool = r2d2::Pool::builder()
            .max_size(settings.pool_size)
            .min_idle(Some(0))
            .test_on_check_out(false)
            .connection_timeout(settings.budget)
            .error_handler(Box::new(r2d2::NopErrorHandler))
            .build_unchecked(Manager { settings: settings.clone() });
        Self { keys: Arc::new(Keys::new(settings.prefix.clone())), pool, budget: settings.budget }
    }

    /// Every write recognises its own repetition, so what got no answer is tried once more on a fresh connection.
    fn run(&self, request: Request) -> Result<Reply, StoreError> {
        let deadline = Instant::now() + self.budget;
        match self.send(&request, deadline) {
            Err(error) if error.applied() == Applied::Unknown && Instant::now() < deadline => {
                // That the second try did nothing says nothing of the first.
                self.send(&request, deadline).map_err(|_| error)
            }
            answered => answered,
        }
    }

    fn send(&self, request: &Request, deadline: Instant) -> Result<Reply, StoreError> {
        let left = deadline.saturating_duration_since(Instant::now());
        let mut connection = self
            .pool
            .get_timeout(left)
            .map_err(|error| StoreError::new(StoreErrorKind::Unavailable, Applied::No).with_source(error))?;
        let values = match connection.exchange(&request.commands(), deadline) {
            Err(error) if value::is_unknown_script(&error) => match request.source() {
                Some(commands) => connection.exchange(&commands, deadline),
                None => Err(error),
            },
            answered => answered,
        };
        value::reply(request, values.map_err(failure)?)
    }

    /// Gives back memory at once that a deadline would give back later, so its failure is none.
    fn forget(&self, family: &Family, ended: &[Digest]) {
        if !ended.is_empty() {
            let _ = self.run(self.keys.forget(family, ended));
        }
    }
}

/// Makes the connections of the pool.
struct Manager {
    settings: Settings,
}

/// A connection that is thrown away after any error that is not an answer of the server: it may be out of step.
struct Connection {
    inner: redis::Connection,
    response_timeout: Duration,
    is_broken: bool,
}

impl Connection {
    fn exchange(
        &mut self,
        commands: &[Command],
        deadline: Instant,
    ) -> Result<Vec<redis::Value>, redis::RedisError> {
        let left = deadline.saturating_duration_since(Instant::now());
        let timeout = Some(left.min(self.response_timeout).max(Duration::from_millis(1)));
        // Broken until the answers are there.
        self.is_broken = true;
        self.inner.set_read_timeout(timeout)?;
        self.inner.set_write_timeout(timeout)?;
        let packed = value::pipeline(commands).get_packed_pipeline();
        let values = self.inner.req_packed_commands(&packed, 0, commands.len());
        self.is_broken = values.as_ref().is_err_and(|error| error.code().is_none());
        values?.into_iter().map(redis::Value::extract_error).collect()
    }
}

impl r2d2::ManageConnection for Manager {
    type Connection = Connection;
    type Error = redis::RedisError;

    fn connect(&self) -> Result<Connection, redis::RedisError> {
        let inner = self.settings.client.get_connection_with_timeout(self.settings.connect_timeout)?;
        Ok(Connection { inner, response_timeout: self.settings.response_timeout, is_broken: false })
    }

    fn is_valid(&self, connection: &mut Connection) -> Result<(), redis::RedisError> {
        redis::cmd("PING").query(&mut connection.inner)
    }

    fn has_broken(&self, connection: &mut Connection) -> bool {
        connection.is_broken || !connection.inner.is_open()
    }
}

impl BlockingStore for RedisStore {
    fn load(&self, key: &StoreKey) -> Result<Option<Stored>, StoreError> {
        let reply = self.run(self.keys.load(key)).map_err(read)?;
        if key.is_owned() { reply::loaded_owned(reply) } else { reply::loaded(reply) }
    }

    fn create(
        &self,
        key: &StoreKey,
        write: Write<'_>,
        cap: Option<Cap>,
    ) -> Result<CreateOutcome, StoreError> {
        let keys = &self.keys;
        if key.is_owned() {
            let outcome = reply::created_owned(self.run(keys.create_owned(key, write, cap))?)?;
            if let CreateOutcome::Created { evicted } = &outcome {
                self.forget(&key.family, evicted);
            }
            return Ok(outcome);
        }
        let created = reply::inserted(self.run(keys.insert(key, write))?)?
            || reply::repeated(write.next, self.run(keys.revision(key)).map_err(read)?)?;
        Ok(if created { CreateOutcome::Created { evicted: Vec::new() } } else { CreateOutcome::Exists })
    }

    fn commit(
        &self,
        key: &StoreKey,
        expected: Revision,
        write: Write<'_>,
    ) -> Result<CommitOutcome, StoreError> {
        reply::committed(key.is_owned(), self.run(self.keys.commit(key, expected, write))?)
    }

    fn touch(&self, key: &StoreKey, expected: Revision, ttl: Duration) -> Result<TouchOutcome, StoreError> {
        reply::touched(&self.run(self.keys.touch(key, expected, ttl))?)
    }

    fn rotate(
        &self,
        from: &StoreKey,
        expected: Revision,
        to: &StoreKey,
        write: Write<'_>,
        tombstone: Option<Write<'_>>,
    ) -> Result<RotateOutcome, StoreError> {
        let request = self.keys.rotate(from, expected, to, write, tombstone)?;
        reply::rotated(from.is_owned(), self.run(request)?)
    }

    fn delete(
        &self,
        key: &StoreKey,
        expected: Option<Revision>,
        tombstone: Option<Write<'_>>,
    ) -> Result<DeleteOutcome, StoreError> {
        let request = self.keys.delete(key, expected, tombstone);
        reply::deleted(key.is_owned(), self.run(request)?)
    }

    fn list(&self, family: &Family) -> Result<Vec<(Digest, Stored)>, StoreError> {
        let members = reply::members(self.run(self.keys.members(family)).map_err(read)?)?;
        let reply = self.run(self.keys.list(family, &members)).map_err(read)?;
        reply::listed(&members, reply)
    }

    fn revoke(&self, family: &Family, keep: Option<&Digest>) -> Result<u64, StoreError> {
        if !family.is_owned() {
            return Ok(0);
        }
        let ended = reply::digests(self.run(self.keys.revoke(family, keep))?)?;
        self.forget(family, &ended);
        Ok(ended.len() as u64)
    }

    /// Redis expires records itself.
    fn sweep(&self, _: u32) -> Result<u64, StoreError> {
        Ok(0)
    }
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore").field("pool", &self.pool.state()).finish_non_exhaustive()
    }
}
