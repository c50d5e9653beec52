use super::Operation;
use crate::{
    protocol::conversation::{Conversation, Wire},
    protocol::errors::Failure,
    protocol::sql::Sql,
};

/// One `DELETE` of at most so many rows, by the index of deadlines, and of no more than a `SELECT` has counted before: where
/// the expired rows end before the limit, the server would go on to lock the next live one.
pub(crate) struct Sweep(pub(crate) u32);

impl Operation for Sweep {
    type Outcome = u64;

    async fn run<W: Wire>(&self, sql: &Sql, with: &mut Conversation<'_, W>) -> Result<u64, Failure> {
        match with.ask(&sql.expired(self.0)).await?.count()? {
            0 => Ok(0),
            expired => Ok(with.ask(&sql.sweep(expired)).await?.changed()?),
        }
    }

    fn is_done(_: &u64) -> bool {
        true
    }

    /// Twice would be more than the limit.
    fn recognises_itself(&self) -> bool {
        false
    }
}
