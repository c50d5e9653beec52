//! A store in front of another one that notes what it was asked, and for which request.

use std::sync::{Arc, Mutex, PoisonError};

use session_core::store::{
    Adapter, Answer, BlockingAdapter, BlockingStore, Call, Operation, Store, StoreError,
};

/// What the application asked its store, and what it was told.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) operation: Operation,
    pub(crate) told: String,
    /// Whether it was told that something of it is stored now, or deleted.
    pub(crate) is_write: bool,
}

/// Clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<Asked>>>);

tokio::task_local! {
    /// The log of the request that runs on this task.
    pub(crate) static REQUEST: Log;
}

#[derive(Debug, Clone)]
pub(crate) struct Watched<S> {
    store: S,
    /// For what is asked outside of a request that can be told apart, such as that of a server with tasks of its own.
    rest: Log,
}

impl Log {
    pub(crate) fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// What was noted since there were `seen` entries.
    pub(crate) fn since(&self, seen: usize) -> Vec<Asked> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().skip(seen).cloned().collect()
    }

    fn note(&self, operation: Operation, answer: &Result<Answer, StoreError>) {
        let label = answer.as_ref().map(Answer::label);
        let asked = Asked {
            operation,
            is_write: matches!(label, Ok("created" | "evicted" | "written" | "deleted")),
            told: label.map_or_else(ToString::to_string, str::to_owned),
        };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(asked);
    }
}

impl<S> Watched<S> {
    pub(crate) const fn new(store: S, rest: Log) -> Self {
        Self { store, rest }
    }

    fn note(&self, operation: Operation, answer: Result<Answer, StoreError>) -> Result<Answer, StoreError> {
        REQUEST
            .try_with(|log| log.note(operation, &answer))
            .unwrap_or_else(|_| self.rest.note(operation, &answer));
        answer
    }
}

impl<S: Store> Adapter for Watched<S> {
    async fn forward(&self, call: Call<'_>) -> Result<Answer, StoreError> {
        let answer = self.store.perform(call).await;
        self.note(call.operation(), answer)
    }
}

impl<S: BlockingStore> BlockingAdapter for Watched<S> {
    fn forward(&self, call: Call<'_>) -> Result<Answer, StoreError> {
        let answer = self.store.perform(call);
        self.note(call.operation(), answer)
    }
}
