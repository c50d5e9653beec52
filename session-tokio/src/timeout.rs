use std::time::Duration;

use session_core::store::{Adapter, Answer, Call, Store, StoreError, StoreErrorKind};

use crate::applied;

/// A store whose operations fail with [`StoreErrorKind::Timeout`] after a time limit.
///
/// It needs a tokio runtime with time enabled. The operation is cancelled by dropping its future, so
/// [`applied`](StoreError::applied) is `Unknown` for one that writes.
#[derive(Debug, Clone)]
pub struct Timeout<S> {
    store: S,
    limit: Duration,
}

impl<S> Timeout<S> {
    /// Limits each operation of the store to this time.
    #[must_use]
    pub const fn new(store: S, limit: Duration) -> Self {
        Self { store, limit }
    }

    /// Returns the store.
    #[must_use]
    pub const fn store(&self) -> &S {
        &self.store
    }
}

impl<S: Store> Adapter for Timeout<S> {
    async fn forward(&self, call: Call<'_>) -> Result<Answer, StoreError> {
        let answer = tokio::time::timeout(self.limit, self.store.perform(call)).await;
        answer.unwrap_or_else(|_| {
            let error = StoreError::new(StoreErrorKind::Timeout, applied(call.operation()));
            Err(error.with_source(format!("no answer in {:?}", self.limit)))
        })
    }
}
