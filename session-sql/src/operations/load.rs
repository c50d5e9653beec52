use session_core::{id::StoreKey, store::Stored};

use super::{Connection, Conversation, Error, Operation};
#[cfg(feature = "tokio")]
use crate::{queue::Batch, retry::TOGETHER};

/// One `SELECT`.
pub(crate) struct Load<'a> {
    pub(crate) key: &'a StoreKey,
}

impl Operation for Load<'_> {
    type Outcome = Option<Stored>;

    async fn run<C: Connection>(&self, server: &mut Conversation<'_, C>) -> Result<Option<Stored>, Error> {
        Ok(server.ask(&server.sql.load(self.key)).await?.record()?)
    }
}

#[cfg(feature = "tokio")]
impl super::Shared for Load<'_> {
    type Request = StoreKey;

    fn request(&self) -> StoreKey {
        *self.key
    }

    fn company(waiting: usize) -> usize {
        waiting.min(TOGETHER - 1)
    }

    async fn run_with<C: Connection>(
        &self,
        others: Batch<StoreKey, Option<Stored>>,
        server: &mut Conversation<'_, C>,
    ) -> Result<Option<Option<Stored>>, Error> {
        let keys: Vec<&StoreKey> = others.requests().chain([self.key]).collect();
        let found = server.ask(&server.sql.load_together(&keys)).await?.keyed_records()?;
        let under =
            |key: &StoreKey| found.iter().find(|(other, _)| other == key).map(|(_, stored)| stored.clone());
        others.answer(under);
        Ok(Some(under(self.key)))
    }
}
