use session_core::{
    id::StoreKey,
    store::{Adapter, Answer, BlockingStore, Call, CommitOutcome, Operation, OwnedCall, Page, StoreError},
};

use super::Remote;
use crate::defect::Defect;

impl Adapter for Remote {
    async fn forward(&self, call: Call<'_>) -> Result<Answer, StoreError> {
        let (operation, sent) = (call.operation(), OwnedCall::from(call));
        let writes = !operation.is_read();
        if self.defect == Defect::ConnectionsAreTested {
            self.ask(false, |_| ()).await?;
        }
        if let (Call::Revoke { family, .. }, Defect::RevokesOneByOne) = (sent.call(), self.defect) {
            let listed =
                self.ask(false, move |store| BlockingStore::list(store, &family, Page::default())).await??;
            for (digest, _) in listed.sessions {
                let key = StoreKey { family, digest };
                self.ask(true, move |store| BlockingStore::delete(store, &key, None, None)).await??;
            }
        }
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
