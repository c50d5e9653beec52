use std::sync::Arc;

use session_core::store::{
    Adapter, Answer, Applied, BlockingStore, Call, OwnedCall, StoreError, StoreErrorKind,
};
use tokio::runtime::Handle;

use crate::applied;

/// A [`BlockingStore`] as an asynchronous [`Store`](session_core::store::Store): each operation runs on a thread for
/// blocking work of the current tokio runtime.
///
/// Clones are cheap and share the store. The [crate](crate) describes cancellation, panics and shutdown.
///
/// ```
/// use alo_session::{SessionConfig, SessionLayer, SpawnBlocking, store::BlockingStore};
///
/// fn sessions(store: impl BlockingStore) -> SessionLayer {
///     SessionLayer::new(SpawnBlocking::new(store), SessionConfig::default())
/// }
/// ```
#[derive(Debug)]
pub struct SpawnBlocking<S> {
    store: Arc<S>,
}

impl<S> SpawnBlocking<S> {
    /// Makes the store asynchronous.
    #[must_use]
    pub fn new(store: S) -> Self {
        Self::from(Arc::new(store))
    }

    /// Returns the blocking store.
    #[must_use]
    pub fn store(&self) -> &S {
        &self.store
    }
}

impl<S> From<Arc<S>> for SpawnBlocking<S> {
    fn from(store: Arc<S>) -> Self {
        Self { store }
    }
}

impl<S> Clone for SpawnBlocking<S> {
    fn clone(&self) -> Self {
        Self { store: Arc::clone(&self.store) }
    }
}

impl<S: BlockingStore> Adapter for SpawnBlocking<S> {
    async fn forward(&self, call: Call<'_>) -> Result<Answer, StoreError> {
        let operation = call.operation();
        let runtime = Handle::try_current()
            .map_err(|error| StoreError::new(StoreErrorKind::Unsupported, Applied::No).with_source(error))?;
        let (store, call) = (Arc::clone(&self.store), OwnedCall::from(call));
        match runtime.spawn_blocking(move || store.perform(call.call())).await {
            Ok(answer) => answer,
            // The panic's message is left out, because it may quote what is stored.
            Err(error) if error.is_panic() => Err(StoreError::new(StoreErrorKind::Other, applied(operation))
                .with_source(format!("the blocking store panicked in `{operation}`"))),
            Err(_) => Err(StoreError::new(StoreErrorKind::Unavailable, applied(operation))
                .with_source("the tokio runtime is shutting down")),
        }
    }
}
