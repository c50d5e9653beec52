use session_core::{id::StoreKey, store::Stored};

use super::{Connection, Conversation, Error, Operation};

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
