use session_core::{
    id::Family,
    store::{Listed, Page},
};

use super::{Connection, Conversation, Error, Operation};

/// One `SELECT` over the family's range of the primary key.
pub(crate) struct List<'a> {
    pub(crate) family: &'a Family,
    pub(crate) page: Page,
}

impl Operation for List<'_> {
    type Outcome = Listed;

    async fn run<C: Connection>(&self, server: &mut Conversation<'_, C>) -> Result<Self::Outcome, Error> {
        if !self.family.is_owned() {
            return Ok(Listed::default());
        }
        let found = server.ask(&server.sql.list(self.family, &self.page)).await?.listed()?;
        // A full page may have a next one; to find out would take one more statement.
        let full = usize::try_from(self.page.limit.get()).is_ok_and(|limit| found.len() >= limit);
        let next = found.last().map(|(cursor, _)| *cursor).filter(|_| full);
        let sessions = found.into_iter().map(|(cursor, stored)| (cursor.digest, stored)).collect();
        Ok(Listed { sessions, next })
    }
}
