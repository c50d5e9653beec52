use super::Operation;
use crate::{
    conversation::{Conversation, Wire},
    sql::Sql,
    trouble::Failure,
};

/// One `DELETE` of at most so many rows, by the index of deadlines.
pub(crate) struct Sweep(pub(crate) u32);

impl Operation for Sweep {
    type Outcome = u64;

    async fn run<W: Wire>(&self, sql: &Sql, with: &mut Conversation<'_, W>) -> Result<u64, Failure> {
        Ok(with.ask(&sql.sweep(self.0)).await?.changed()?)
    }

    fn is_done(_: &u64) -> bool {
        true
    }

    /// Twice would be more than the limit.
    fn recognises_itself(&self) -> bool {
        false
    }
}
