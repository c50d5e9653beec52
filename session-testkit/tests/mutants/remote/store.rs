use session_core::store::{
    Adapter, Answer, BlockingStore, Call, CommitOutcome, Operation, OwnedCall, StoreError,
};

use super::Remote;
use crate::defect::Defect;

impl Adapter for Remote {
    async fn forward(&self, call: Call<'_>) -> Result<Answer, StoreError> {
        let (operation, sent) = (call.operation(), OwnedCall::from(call));
        let writes = !operation.is_read();
        let answer = self.ask(writes, move |store| BlockingStore::perform(store, sent.call())).await;
        match (operation, self.defect) {
            (Operation::Load, Defect::FailureIsAbsent) => answer.unwrap_or(Ok(Answer::Load(None))),
            (Operation::Commit, Defect::FailedWritesAreForgotten) => {
                answer.unwrap_or(Ok(Answer::Commit(CommitOutcome::Written)))
            }
            _ => answer?,
        }
    }
}
