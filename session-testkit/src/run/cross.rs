use session_core::store::{Adapter, Answer, AnyStore, Call, Store as _, StoreError};

/// Two APIs or instances over the same records: one writes, the other reads.
pub(super) struct Cross {
    pub(super) writes: AnyStore,
    pub(super) reads: AnyStore,
}

impl Adapter for Cross {
    async fn forward(&self, call: Call<'_>) -> Result<Answer, StoreError> {
        let store = if call.operation().is_read() { &self.reads } else { &self.writes };
        store.perform(call).await
    }
}
