use std::time::Duration;

use session_core::{
    id::StoreKey,
    store::{Revision, TouchOutcome},
};

use super::{Connection, Conversation, Error, Operation};

/// One `UPDATE` of the deadline alone, on the condition that the revision is the expected one.
pub(crate) struct Touch<'a> {
    pub(crate) key: &'a StoreKey,
    pub(crate) expected: Revision,
    pub(crate) ttl: Duration,
}

impl Operation for Touch<'_> {
    type Outcome = TouchOutcome;

    async fn run<C: Connection>(&self, server: &mut Conversation<'_, C>) -> Result<TouchOutcome, Error> {
        let touched = server.ask(&server.sql.touch(self.key, &self.expected, self.ttl)).await?.changed()?;
        Ok(if touched == 0 { TouchOutcome::Gone } else { TouchOutcome::Touched })
    }

    fn is_done(outcome: &TouchOutcome) -> bool {
        *outcome == TouchOutcome::Touched
    }
}
