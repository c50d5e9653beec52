use std::{future::Future, time::Instant};

use session_core::store::Applied;

use crate::{
    protocol::errors::{Failure, Trouble},
    protocol::replies::Answer,
    protocol::statement::Statement,
};

/// A connection as a client library gives it: one statement, one answer.
pub(crate) trait Wire: Send {
    /// Sends the statement, and gives up at the deadline or earlier. After any trouble that is not an
    /// [answer](Trouble::is_answer) the connection is out of step.
    fn send(
        &mut self,
        statement: &Statement<'_>,
        deadline: Instant,
    ) -> impl Future<Output = Result<Answer, Trouble>> + Send;
}

/// One operation's turn on a connection. It knows which of the statements last, and so what a lost answer means.
pub(crate) struct Conversation<'a, W> {
    wire: &'a mut W,
    deadline: Instant,
    in_transaction: bool,
}

impl<'a, W: Wire> Conversation<'a, W> {
    pub(crate) const fn new(wire: &'a mut W, deadline: Instant) -> Self {
        Self { wire, deadline, in_transaction: false }
    }

    /// A statement's answer; a row that is there already is one.
    pub(crate) async fn ask(&mut self, statement: &Statement<'_>) -> Result<Answer, Failure> {
        let lasts = statement.writes && !self.in_transaction;
        match self.send(statement, lasts).await {
            Err(failure) if failure.trouble.is_duplicate() => Ok(Answer::Duplicate),
            answered => answered,
        }
    }

    /// Afterwards nothing lasts before [`commit`](Self::commit).
    pub(crate) async fn begin(&mut self) -> Result<(), Failure> {
        self.send(&Statement::plain(BEGIN, false), false).await?;
        self.in_transaction = true;
        Ok(())
    }

    pub(crate) async fn commit(&mut self) -> Result<(), Failure> {
        self.send(&Statement::plain(COMMIT, true), true).await?;
        self.in_transaction = false;
        Ok(())
    }

    /// Takes back what was not committed, and answers whether the connection is good for others.
    pub(crate) async fn end(mut self) -> bool {
        !self.in_transaction || self.send(&Statement::plain(ROLLBACK, false), false).await.is_ok()
    }

    async fn send(&mut self, statement: &Statement<'_>, lasts: bool) -> Result<Answer, Failure> {
        if Instant::now() >= self.deadline {
            return Err(Trouble::Timeout.into());
        }
        self.wire.send(statement, self.deadline).await.map_err(|trouble| {
            let applied = if lasts && trouble.is_doubtful() { Applied::Unknown } else { Applied::No };
            Failure { trouble, applied }
        })
    }
}

const BEGIN: &str = "BEGIN";
const COMMIT: &str = "COMMIT";
const ROLLBACK: &str = "ROLLBACK";
