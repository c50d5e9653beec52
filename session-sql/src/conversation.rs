use std::{future::Future, time::Instant};

use session_core::store::Applied;

use crate::{Class, Dialect, Error, ErrorKind, Limit, Reply, Sql, Statement, retry::AT_ONCE};

/// A connection to the server: one statement, one reply.
pub(crate) trait Connection: Send {
    /// What knows the errors of the server.
    type Dialect: Dialect;

    /// Sends the statement, and gives up at the deadline or earlier. Whether the connection is in step after an error is told
    /// by its [class](Class).
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
    /// Starts an operation that must end at the deadline.
    pub(crate) const fn new(connection: &'a mut C, sql: &'a Sql, deadline: Instant) -> Self {
        Self { connection, sql, deadline, in_transaction: false, is_doubtful: false }
    }

    /// Sends a statement. A row that exists already is a reply, not an error.
    ///
    /// # Errors
    /// [`Error`] if the server does not reply or refuses.
    pub(crate) async fn ask(&mut self, statement: &Statement<'_>) -> Result<Reply, Error> {
        let takes_effect = statement.writes && !self.in_transaction;
        match self.send(statement, takes_effect).await {
            Err(error) if error.kind.is(Class::Duplicate) => Ok(Reply::Duplicate),
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
    #[must_use]
    pub(crate) fn after_quarters(&self, quarters: u32) -> Instant {
        let now = Instant::now();
        now + self.deadline.saturating_duration_since(now) / 4 * quarters
    }

    /// Begins a transaction: nothing takes effect before [`commit`](Self::commit).
    ///
    /// # Errors
    /// [`Error`] if the server does not reply or refuses.
    pub(crate) async fn begin(&mut self) -> Result<(), Error> {
        self.send(&Statement::plain(self.sql.begin(), false), false).await?;
        self.in_transaction = true;
        Ok(())
    }

    /// Lets the transaction take effect.
    ///
    /// # Errors
    /// [`Error`] if the server does not reply or refuses.
    pub(crate) async fn commit(&mut self) -> Result<(), Error> {
        self.send(&Statement::plain("COMMIT", true), true).await?;
        self.in_transaction = false;
        Ok(())
    }

    /// Goes on after an error within the transaction whose [class](Class) is an answer. Returns whether the transaction had
    /// to begin anew, without any lock.
    ///
    /// # Errors
    /// [`Error`] if the server does not reply or refuses.
    pub(crate) async fn go_on(&mut self) -> Result<bool, Error> {
        if self.sql.error_ends_transaction() {
            self.send(&Statement::plain("ROLLBACK", false), false).await?;
            self.in_transaction = false;
            self.begin().await?;
        }
        Ok(self.sql.error_ends_transaction())
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
            let kind = if began.elapsed() < AT_ONCE { kind.at_once::<C::Dialect>() } else { kind };
            let is_unknown = takes_effect && kind.may_be_applied();
            Error { kind, applied: if is_unknown { Applied::Unknown } else { Applied::No } }
        })
    }
}
