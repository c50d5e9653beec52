use std::time::Instant;

use session_core::store::{
    Adapter, Answer, BlockingAdapter, BlockingStore, Call, Operation, Store, StoreError,
};

/// A store that counts its calls and how long they take.
///
/// A call whose future is dropped is not counted.
#[derive(Debug, Clone)]
pub struct Metered<S> {
    store: S,
    backend: &'static str,
}

impl<S> Metered<S> {
    /// Counts the calls of this store. Its metrics have this name as their label `backend`.
    #[must_use]
    pub const fn new(store: S, backend: &'static str) -> Self {
        Self { store, backend }
    }

    /// Returns the store.
    #[must_use]
    pub const fn store(&self) -> &S {
        &self.store
    }

    fn note(&self, operation: Operation, start: Instant, answer: &Result<Answer, StoreError>) {
        let outcome = match answer {
            Ok(answer) => answer.label(),
            Err(error) => error.kind().label(),
        };
        let labels = [("backend", self.backend), ("operation", operation.name()), ("outcome", outcome)];
        metrics::counter!("session_store_calls_total", &labels).increment(1);
        metrics::histogram!("session_store_call_seconds", &labels).record(start.elapsed());
    }
}

impl<S: Store> Adapter for Metered<S> {
    async fn forward(&self, call: Call<'_>) -> Result<Answer, StoreError> {
        let start = Instant::now();
        let answer = self.store.perform(call).await;
        self.note(call.operation(), start, &answer);
        answer
    }
}

impl<S: BlockingStore> BlockingAdapter for Metered<S> {
    fn forward(&self, call: Call<'_>) -> Result<Answer, StoreError> {
        let start = Instant::now();
        let answer = self.store.perform(call);
        self.note(call.operation(), start, &answer);
        answer
    }
}
