use session_core::store::{Answer, AnyStore, BlockingAdapter, Call, Store as _, StoreError};

use crate::subject::block_on;

/// A store that answers at once, as a blocking store does outside a runtime, made blocking again.
pub(crate) struct AtOnce(pub(crate) AnyStore);

impl BlockingAdapter for AtOnce {
    fn forward(&self, call: Call<'_>) -> Result<Answer, StoreError> {
        block_on(self.0.perform(call))
    }
}
