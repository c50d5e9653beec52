use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use session_core::store::{
    Adapter, Answer, Applied, Call, Operation, Store, StoreError, StoreErrorKind, Stored,
};
use session_memory::MemoryStore;
use tokio::sync::Notify;

/// What happens to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is carried out.
    Pass,
    /// It is refused, and not carried out.
    Fail,
    /// It is carried out, and its answer is lost.
    Lose,
    /// It is not carried out and never answered.
    Hang,
    /// What is loaded is not a record.
    Damage,
}

/// A store in memory to which odd things happen, as the test says for each operation in turn.
#[derive(Clone, Default)]
pub(crate) struct OddStore {
    pub(crate) inner: MemoryStore,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    fates: Mutex<VecDeque<(Operation, Fate)>>,
    always: Mutex<Vec<(Operation, Fate)>>,
    calls: Mutex<Vec<Operation>>,
    hung: Notify,
}

impl OddStore {
    pub(crate) fn new(inner: MemoryStore) -> Self {
        Self { inner, shared: Arc::default() }
    }

    /// The next call of this operation that has no fate yet gets this one.
    pub(crate) fn next(&self, operation: Operation, fate: Fate) {
        lock(&self.shared.fates).push_back((operation, fate));
    }

    /// Every call of this operation gets this fate; [`Fate::Pass`] ends it.
    pub(crate) fn always(&self, operation: Operation, fate: Fate) {
        let mut always = lock(&self.shared.always);
        always.retain(|(other, _)| *other != operation);
        always.push((operation, fate));
    }

    /// Waits until a call hangs.
    pub(crate) async fn hung(&self) {
        self.shared.hung.notified().await;
    }

    /// Returns the calls since the last time.
    pub(crate) fn calls(&self) -> Vec<Operation> {
        std::mem::take(&mut lock(&self.shared.calls))
    }

    fn fate(&self, operation: Operation) -> Fate {
        lock(&self.shared.calls).push(operation);
        let mut fates = lock(&self.shared.fates);
        if let Some(at) = fates.iter().position(|(other, _)| *other == operation) {
            return fates.remove(at).map_or(Fate::Pass, |(_, fate)| fate);
        }
        let always = lock(&self.shared.always);
        always.iter().find(|(other, _)| *other == operation).map_or(Fate::Pass, |(_, fate)| *fate)
    }
}

impl Adapter for OddStore {
    async fn forward(&self, call: Call<'_>) -> Result<Answer, StoreError> {
        match self.fate(call.operation()) {
            Fate::Pass => Store::perform(&self.inner, call).await,
            Fate::Fail => Err(StoreError::new(StoreErrorKind::Unavailable, Applied::No)),
            Fate::Lose => {
                Store::perform(&self.inner, call).await?;
                Err(StoreError::new(StoreErrorKind::Timeout, Applied::Unknown))
            }
            Fate::Hang => {
                self.shared.hung.notify_one();
                std::future::pending().await
            }
            Fate::Damage => Ok(match Store::perform(&self.inner, call).await? {
                Answer::Load(Some(stored)) => Answer::Load(Some(damaged(stored))),
                Answer::List(mut listed) => {
                    if let Some((_, first)) = listed.sessions.first_mut() {
                        *first = damaged(first.clone());
                    }
                    Answer::List(listed)
                }
                answer => answer,
            }),
        }
    }
}

fn damaged(stored: Stored) -> Stored {
    Stored { data: b"not a record".as_slice().into(), ..stored }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
