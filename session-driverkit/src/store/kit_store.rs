use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use session_core::store::{Adapter, Answer, Call, Operation, Store as _, StoreError};
use session_memory::MemoryStore;

use super::{
    Odd,
    odd::{damaged, lost, refused},
};

/// The store of a case: one in memory that notes what it is asked, and to which odd things happen when the case wants them.
/// Clones share everything.
#[derive(Clone)]
pub struct KitStore {
    inner: MemoryStore,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    asked: Mutex<Vec<Operation>>,
    next: Mutex<VecDeque<(Operation, Odd)>>,
    always: Mutex<Vec<(Operation, Odd)>>,
}

impl KitStore {
    pub(crate) fn new(inner: MemoryStore) -> Self {
        Self { inner, shared: Arc::default() }
    }

    /// Returns what it was asked since the last time.
    pub(crate) fn asked(&self) -> Vec<Operation> {
        std::mem::take(&mut lock(&self.shared.asked))
    }

    /// This happens to the next call of this operation that nothing else happens to.
    pub(crate) fn next(&self, operation: Operation, odd: Odd) {
        lock(&self.shared.next).push_back((operation, odd));
    }

    /// This happens to every call of these operations.
    pub(crate) fn always(&self, operations: &[Operation], odd: &Odd) {
        let mut always = lock(&self.shared.always);
        always.extend(operations.iter().map(|operation| (*operation, odd.clone())));
    }

    /// From now on every call is refused.
    pub(crate) fn down(&self) {
        self.always(&ALL, &Odd::Fail);
    }

    /// From now on every write is refused.
    pub(crate) fn read_only(&self) {
        self.always(&WRITES, &Odd::Fail);
    }

    /// From now on it works.
    pub(crate) fn up(&self) {
        lock(&self.shared.always).clear();
        lock(&self.shared.next).clear();
    }

    /// The number of records, tombstones included.
    pub(crate) fn len(&self) -> usize {
        self.inner.len()
    }

    /// The store behind it, to which nothing odd happens and which notes nothing.
    pub(crate) const fn plain(&self) -> &MemoryStore {
        &self.inner
    }

    fn odd(&self, operation: Operation) -> Option<Odd> {
        lock(&self.shared.asked).push(operation);
        let mut next = lock(&self.shared.next);
        if let Some(at) = next.iter().position(|(other, _)| *other == operation) {
            return next.remove(at).map(|(_, odd)| odd);
        }
        let always = lock(&self.shared.always);
        always.iter().find(|(other, _)| *other == operation).map(|(_, odd)| odd.clone())
    }
}

/// The operations that can store something.
pub(crate) const WRITES: [Operation; 6] = [
    Operation::Create,
    Operation::Commit,
    Operation::Touch,
    Operation::Rotate,
    Operation::Delete,
    Operation::Revoke,
];

const ALL: [Operation; 8] = [
    Operation::Load,
    Operation::List,
    Operation::Create,
    Operation::Commit,
    Operation::Touch,
    Operation::Rotate,
    Operation::Delete,
    Operation::Revoke,
];

impl Adapter for KitStore {
    async fn forward(&self, call: Call<'_>) -> Result<Answer, StoreError> {
        match self.odd(call.operation()) {
            None | Some(Odd::Pass) => self.inner.perform(call).await,
            Some(Odd::Fail) => Err(refused()),
            Some(Odd::Lose) => {
                self.inner.perform(call).await?;
                Err(lost())
            }
            Some(Odd::Hold(gate)) => {
                gate.pass().await;
                self.inner.perform(call).await
            }
            Some(Odd::Damage) => Ok(damaged(self.inner.perform(call).await?)),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for KitStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KitStore").field("records", &self.inner.len()).finish_non_exhaustive()
    }
}
