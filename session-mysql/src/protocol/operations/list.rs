use session_core::{
    id::Family,
    store::{Listed, Page},
};

use super::Operation;
use crate::{
    protocol::conversation::{Conversation, Wire},
    protocol::errors::Failure,
    protocol::sql::Sql,
};

/// One `SELECT` over the family's range of the primary key.
pub(crate) struct List<'a>(pub(crate) &'a Family, pub(crate) Page);

impl Operation for List<'_> {
    type Outcome = Listed;

    async fn run<W: Wire>(
        &self,
        sql: &Sql,
        with: &mut Conversation<'_, W>,
    ) -> Result<Self::Outcome, Failure> {
        if !self.0.is_owned() {
            return Ok(Listed::default());
        }
        let found = with.ask(&sql.list(self.0, &self.1)).await?.listed()?;
        // Where a page is full there may be more, and nothing is asked to find out.
        let full = usize::try_from(self.1.limit.get()).is_ok_and(|limit| found.len() >= limit);
        let next = found.last().map(|(cursor, _)| *cursor).filter(|_| full);
        let sessions = found.into_iter().map(|(cursor, stored)| (cursor.digest, stored)).collect();
        Ok(Listed { sessions, next })
    }

    fn is_done(_: &Self::Outcome) -> bool {
        true
    }
}
