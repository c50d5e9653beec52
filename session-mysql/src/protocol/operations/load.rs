use session_core::{id::StoreKey, store::Stored};

use super::Operation;
use crate::{
    protocol::conversation::{Conversation, Wire},
    protocol::errors::Failure,
    protocol::sql::Sql,
};

/// One `SELECT`.
pub(crate) struct Load<'a>(pub(crate) &'a StoreKey);

impl Operation for Load<'_> {
    type Outcome = Option<Stored>;

    async fn run<W: Wire>(
        &self,
        sql: &Sql,
        with: &mut Conversation<'_, W>,
    ) -> Result<Option<Stored>, Failure> {
        Ok(with.ask(&sql.load(self.0)).await?.record()?)
    }

    fn is_done(_: &Option<Stored>) -> bool {
        true
    }
}
