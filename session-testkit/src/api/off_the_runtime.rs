use std::{panic, thread};

use session_core::store::{Adapter, Answer, BlockingStore, Call, StoreError};
use tokio::runtime::Handle;

/// A blocking store for cases, which are asynchronous. It must work without a runtime and may refuse to work inside one, so
/// each call on a thread of the runtime gets a thread of its own.
pub(crate) struct OffTheRuntime<S>(pub(crate) S);

impl<S: BlockingStore> Adapter for OffTheRuntime<S> {
    async fn forward(&self, call: Call<'_>) -> Result<Answer, StoreError> {
        if Handle::try_current().is_err() {
            return self.0.perform(call);
        }
        let joined = thread::scope(|scope| scope.spawn(|| self.0.perform(call)).join());
        joined.unwrap_or_else(|panic| panic::resume_unwind(panic))
    }
}
