use std::time::Instant;

use super::{Client, Pool, idle::Pooled};
use crate::{Connection, ErrorKind, Reply, Statement};

/// A connection that is used by one operation. It is closed when it is dropped.
pub(crate) struct PooledConnection<'a, C: Client> {
    pooled: Option<Pooled<C::Connection>>,
    pool: &'a Pool<C>,
    wrote: bool,
}

impl<'a, C: Client> PooledConnection<'a, C> {
    pub(super) const fn new(pool: &'a Pool<C>, pooled: Pooled<C::Connection>) -> Self {
        Self { pooled: Some(pooled), pool, wrote: false }
    }

    /// Which generation of connections it is of.
    pub(crate) fn generation(&self) -> u32 {
        self.pooled.as_ref().map_or(0, |pooled| pooled.generation)
    }

    /// Gives it back to the pool, in step and outside any transaction.
    pub(crate) fn give_back(mut self) {
        if let Some(pooled) = self.pooled.take() {
            self.pool.take_back(pooled, self.wrote);
        }
    }

    /// Closes it because it failed. One that has never been of use counts as a failed attempt to connect.
    pub(crate) fn fail(self) {
        if self.pooled.as_ref().is_some_and(|pooled| !pooled.is_proven) {
            self.pool.state().fail(None, Instant::now());
        }
    }
}

impl<C: Client> Connection for PooledConnection<'_, C> {
    type Dialect = C::Dialect;

    async fn send(&mut self, statement: &Statement<'_>, deadline: Instant) -> Result<Reply, ErrorKind> {
        let Some(pooled) = &mut self.pooled else {
            return Err(ErrorKind::InvalidArgument("the connection was given back"));
        };
        let result = self.pool.client.send(&mut pooled.connection, statement, deadline).await;
        self.wrote |= statement.writes && result.is_ok();
        result
    }
}

impl<C: Client> Drop for PooledConnection<'_, C> {
    fn drop(&mut self) {
        if let Some(pooled) = self.pooled.take() {
            self.pool.close(pooled);
        }
    }
}
