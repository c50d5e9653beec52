use std::time::Duration;

use alo_session::store::{Adapter, Answer, Call, Operation, Store, StoreError};

/// A store whose loads take a while, as over a network, so that requests at the same moment do meet.
pub(crate) struct SlowStore<S>(pub(crate) S);

impl<S: Store> Adapter for SlowStore<S> {
    async fn forward(&self, call: Call<'_>) -> Result<Answer, StoreError> {
        let answer = self.0.perform(call).await;
        if call.operation() == Operation::Load {
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        answer
    }
}
