use session_core::store::{Answer, AnyStore, BlockingAdapter, Call, Store as _, StoreError};

use crate::subject::block_on;

/// A blocking store over one that is ready at once, which a blocking store is outside a runtime.
pub(crate) struct AtOnce(pub(crate) AnyStore);

impl BlockingAdapter for AtOnce {
    fn forward(&self, call: Call<'_>) -> Result<Answer, StoreError> {
        block_on(self.0.perform(call))
    }
}
