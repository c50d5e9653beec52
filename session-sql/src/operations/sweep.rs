use super::{Connection, Conversation, Error, Operation};

/// One `DELETE` by the index of deadlines, of no more rows than a `SELECT` has counted before: a deletion that runs out of
/// expired rows would lock the next live one.
pub(crate) struct Sweep {
    pub(crate) limit: u32,
}

impl Operation for Sweep {
    type Outcome = u64;

    async fn run<C: Connection>(&self, server: &mut Conversation<'_, C>) -> Result<u64, Error> {
        match server.ask(&server.sql.count_expired(self.limit)).await?.count()? {
            0 => Ok(0),
            expired => Ok(server.ask(&server.sql.sweep(expired)).await?.changed()?),
        }
    }

    /// A repetition would delete more than the limit.
    fn recognises_itself(&self) -> bool {
        false
    }
}
