use std::{future::Future, time::Instant};

use session_core::store::Applied;

use super::{DUPLICATE_KEY, Error, ErrorKind, Reply, Sql, Statement};

/// A connection to the server: one statement, one reply.
pub(crate) trait Connection: Send {
    /// Sends the statement, and gives up at the deadline or earlier. After an error that is not a
    /// [reply](ErrorKind::is_reply) the connection is out of step.
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
}

impl<'a, C: Connection> Conversation<'a, C> {
    pub(crate) const fn new(connection: &'a mut C, sql: &'a Sql, deadline: Instant) -> Self {
        Self { connection, sql, deadline, in_transaction: false }
    }

    /// Sends a statement. A row that exists already is a reply, not an error.
    pub(crate) async fn ask(&mut self, statement: &Statement<'_>) -> Result<Reply, Error> {
        let takes_effect = statement.writes && !self.in_transaction;
        match self.send(statement, takes_effect).await {
            Err(error) if error.kind.code() == Some(DUPLICATE_KEY) => Ok(Reply::Duplicate),
            result => result,
        }
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
        !self.in_transaction || self.send(&Statement::plain("ROLLBACK", false), false).await.is_ok()
    }

    async fn send(&mut self, statement: &Statement<'_>, takes_effect: bool) -> Result<Reply, Error> {
        if Instant::now() >= self.deadline {
            return Err(ErrorKind::Timeout.into());
        }
        self.connection.send(statement, self.deadline).await.map_err(|kind| {
            let is_unknown = takes_effect && kind.may_be_applied();
            Error { kind, applied: if is_unknown { Applied::Unknown } else { Applied::No } }
        })
    }
}
