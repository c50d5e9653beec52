use std::sync::Arc;

use session_core::store::{Answer, Applied, BlockingAdapter, Call, StoreError, StoreErrorKind};

use super::{Threads, poll_once};
use crate::{
    Client, Dialect, Pool,
    executor::execute,
    operations::{Commit, Create, Delete, List, Load, Operation, Revoke, Rotate, Sweep, Touch},
};

/// A dialect with a client whose futures never wait.
pub trait Blocking: Dialect {
    /// The client.
    type Client: Client<Dialect = Self, Runtime = Threads>;
}

/// Sessions in a SQL database. Operations run on the calling thread, over a pool of connections.
pub type SqlStore<D> = crate::SqlStore<<D as Blocking>::Client>;

impl<C: Client<Runtime = Threads>> BlockingAdapter for crate::SqlStore<C> {
    fn forward(&self, call: Call<'_>) -> Result<Answer, StoreError> {
        perform(&self.pool, call)
    }
}

/// Carries out a call on this thread.
pub(crate) fn perform<C: Client>(pool: &Arc<Pool<C>>, call: Call<'_>) -> Result<Answer, StoreError> {
    Ok(match call {
        Call::Load { key } => Answer::Load(run(pool, &Load { key: &key })?),
        Call::Create { key, write, cap } => Answer::Create(run(pool, &Create { key: &key, write, cap })?),
        Call::Commit { key, expected, write, .. } => {
            Answer::Commit(run(pool, &Commit { key: &key, expected: &expected, write: &write })?)
        }
        Call::Touch { key, expected, ttl } => Answer::Touch(run(pool, &Touch { key: &key, expected, ttl })?),
        Call::Rotate { from, expected, to, write, tombstone } => {
            Answer::Rotate(run(pool, &Rotate { from: &from, expected, to: &to, write, tombstone })?)
        }
        Call::Delete { key, expected, tombstone } => {
            Answer::Delete(run(pool, &Delete { key: &key, expected, tombstone })?)
        }
        Call::List { family, page } => Answer::List(run(pool, &List { family: &family, page })?),
        Call::Revoke { family, keep } => Answer::Revoke(run(pool, &Revoke::new(&family, keep.as_ref()))?),
        Call::Sweep { limit } => Answer::Sweep(run(pool, &Sweep { limit })?),
    })
}

fn run<C: Client, O: Operation>(pool: &Arc<Pool<C>>, operation: &O) -> Result<O::Outcome, StoreError> {
    // The futures of such a client never wait.
    let waited = || StoreError::new(StoreErrorKind::Other, Applied::Unknown);
    poll_once(execute(pool, operation)).unwrap_or_else(|| Err(waited()))
}
