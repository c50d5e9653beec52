use std::{future::Future, time::Instant};

use session_core::store::Applied;

use super::{DUPLICATE_KEY, Error, ErrorKind, Limit, Reply, Sql, Statement};
use crate::retry::AT_ONCE;

/// A connection to the server: one statement, one reply.
pub(crate) trait Connection: Send {
    /// Sends the statement, and gives up at the deadline or earlier. Whether the connection is in step after an error is told
    /// by its [class](super::Class).
    fn send(
        &mut self,
        statement: &Statement<'_>,
        deadline: Instant,
    ) -> impl Future<Output = Result<Reply, ErrorKind>> + Send;
}

/// One operation on a connection. It knows which statements take effect at once, and so what a lost reply means.
pub(crate) struct Conversation<'a, C> {
    connection: &'a mut C,
    /// The statements on the table of the store.
    pub(crate) sql: &'a Sql,
    deadline: Instant,
    in_transaction: bool,
    /// An error was passed over, after which the connection may be out of step.
    is_doubtful: bool,
}

impl<'a, C: Connection> Conversation<'a, C> {
    pub(crate) const fn new(connection: &'a mut C, sql: &'a Sql, deadline: Instant) -> Self {
        Self { connection, sql, deadline, in_transaction: false, is_doubtful: false }
    }

    /// Sends a statement. A row that exists already is a reply, not an error.
    pub(crate) async fn ask(&mut self, statement: &Statement<'_>) -> Result<Reply, Error> {
        let takes_effect = statement.writes && !self.in_transaction;
        match self.send(statement, takes_effect).await {
            Err(error) if error.kind.code() == Some(DUPLICATE_KEY) => Ok(Reply::Duplicate),
            result => result,
        }
    }

    /// Sends a statement on which the outcome does not depend. Returns `None` after an error, and the connection is closed
    /// when the operation ends.
    pub(crate) async fn try_ask(&mut self, statement: &Statement<'_>) -> Option<Reply> {
        let reply = self.ask(statement).await.ok();
        self.is_doubtful |= reply.is_none();
        reply
    }

    /// When this many quarters of the time that is left will have passed.
    pub(crate) fn after_quarters(&self, quarters: u32) -> Instant {
        let now = Instant::now();
        now + self.deadline.saturating_duration_since(now) / 4 * quarters
    }

    /// Begins a transaction: nothing takes effect before [`commit`](Self::commit).
    pub(crate) async fn begin(&mut self) -> Result<(), Error> {
        self.send(&Statement::plain("BEGIN", false), false).await?;
        self.in_transaction = true;
        Ok(())
    }

    pub(crate) async fn commit(&mut self) -> Result<(), Error> {
        self.send(&Statement::plain("COMMIT", true), true).await?;
        self.in_transaction = false;
        Ok(())
    }

    /// Rolls back what was not committed. Returns whether the connection may be used again.
    pub(crate) async fn end(mut self) -> bool {
        !self.is_doubtful
            && (!self.in_transaction || self.send(&Statement::plain("ROLLBACK", false), false).await.is_ok())
    }

    async fn send(&mut self, statement: &Statement<'_>, takes_effect: bool) -> Result<Reply, Error> {
        let began = Instant::now();
        if began >= self.deadline {
            return Err(ErrorKind::Timeout(Limit::Budget).into());
        }
        self.connection.send(statement, self.deadline).await.map_err(|kind| {
            let kind = if began.elapsed() < AT_ONCE { kind.at_once() } else { kind };
            let is_unknown = takes_effect && kind.may_be_applied();
            Error { kind, applied: if is_unknown { Applied::Unknown } else { Applied::No } }
        })
    }
}
