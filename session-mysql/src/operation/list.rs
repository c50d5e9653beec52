use session_core::{
    id::{Digest, Family},
    store::Stored,
};

use super::Operation;
use crate::{
    conversation::{Conversation, Wire},
    sql::Sql,
    trouble::Failure,
};

/// One `SELECT` over the family's range of the primary key.
pub(crate) struct List<'a>(pub(crate) &'a Family);

impl Operation for List<'_> {
    type Outcome = Vec<(Digest, Stored)>;

    async fn run<W: Wire>(
        &self,
        sql: &Sql,
        with: &mut Conversation<'_, W>,
    ) -> Result<Self::Outcome, Failure> {
        if !self.0.is_owned() {
            return Ok(Vec::new());
        }
        Ok(with.ask(&sql.list(self.0)).await?.records()?)
    }

    fn is_done(_: &Self::Outcome) -> bool {
        true
    }
}
