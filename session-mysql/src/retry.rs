//! How often and how long an operation is tried; the same for both faces.

use std::{future::Future, time::Instant};

use session_core::store::{Applied, StoreError};

use crate::{
    options::Settings,
    protocol::conversation::{Conversation, Wire},
    protocol::errors::{Failure, Trouble},
    protocol::operations::Operation,
    protocol::statement::Statement,
};

/// Where connections come from.
pub(crate) trait Pool: Sync {
    type Lease: Lease;

    /// A connection that nobody else uses: an idle one, unless a new one is asked for.
    fn lease(
        &self,
        deadline: Instant,
        is_new: bool,
    ) -> impl Future<Output = Result<Self::Lease, Trouble>> + Send;

    /// Closes the idle connections: they are broken like the one that broke just now.
    fn forget_idle(&self);

    /// Has the idle connections looked at before they are used: one of them did not answer in time.
    fn suspect_idle(&self);
}

/// A connection on loan. It is closed when it is dropped.
pub(crate) trait Lease: Wire {
    /// Gives it back, in step and outside any transaction.
    fn give_back(self);
}

/// After a lost answer, once more on another connection.
const BROKEN: u32 = 1;
/// After a deadlock, until the budget is used up or this often.
const DEADLOCKS: u32 = 16;

/// Runs the operation within the budget. Every write recognises its own repetition, so what got no answer is tried again.
pub(crate) async fn run<P: Pool, O: Operation>(
    pool: &P,
    settings: &Settings,
    operation: &O,
) -> Result<O::Outcome, StoreError> {
    let deadline = Instant::now() + settings.budget;
    let named = |failure: Failure| failure.named(settings.table.name());
    let (mut broken, mut deadlocks, mut may_create) = (0, 0, settings.create_table);
    let mut is_new = false;
    let mut unknown: Option<Failure> = None;
    loop {
        let mut lease = match pool.lease(deadline, is_new).await {
            Ok(lease) => lease,
            Err(trouble) => return Err(named(unknown.unwrap_or_else(|| trouble.into()))),
        };
        let mut conversation = Conversation::new(&mut lease, deadline);
        let outcome = operation.run(&settings.sql, &mut conversation).await;
        let failure = match outcome {
            Ok(outcome) => {
                if conversation.end().await {
                    lease.give_back();
                }
                return match unknown {
                    // That the second try found nothing to do says nothing of the first.
                    Some(unknown) if !O::is_done(&outcome) => Err(named(unknown)),
                    _ => Ok(outcome),
                };
            }
            Err(failure) => failure,
        };
        if failure.trouble.is_answer() {
            if conversation.end().await {
                lease.give_back();
            }
        } else {
            drop(lease);
        }
        let again = if failure.trouble.is_deadlock() && deadlocks < DEADLOCKS {
            deadlocks += 1;
            true
        } else if failure.trouble.is_broken_connection() && broken < BROKEN {
            broken += 1;
            is_new = true;
            if failure.trouble == Trouble::Timeout {
                pool.suspect_idle();
            } else {
                pool.forget_idle();
            }
            failure.applied == Applied::No || operation.recognises_itself()
        } else if failure.trouble.is_missing_table() && std::mem::take(&mut may_create) {
            // That there is no table now says nothing of an earlier try.
            let made = Box::pin(create_table(pool, settings, deadline)).await;
            made.map_err(|failure| named(unknown.take().unwrap_or(failure)))?;
            true
        } else {
            false
        };
        let failure = unknown.unwrap_or(failure);
        if !again || Instant::now() >= deadline {
            return Err(named(failure));
        }
        unknown = Some(failure).filter(|failure| failure.applied == Applied::Unknown);
    }
}

async fn create_table<P: Pool>(pool: &P, settings: &Settings, deadline: Instant) -> Result<(), Failure> {
    let mut lease = pool.lease(deadline, false).await?;
    let text = settings.schema.create_table();
    Conversation::new(&mut lease, deadline).ask(&Statement::plain(&text, true)).await?;
    lease.give_back();
    Ok(())
}

#[cfg(all(test, feature = "blocking"))]
mod tests {
    use std::io;

    use mysql::{Error, MySqlError};
    use session_core::{
        exchange::Call,
        id::StoreKey,
        store::{Revision, StoreErrorKind},
    };

    use super::*;
    use crate::fuzzing::{Puppet, Said};

    fn refused(code: u16) -> Said {
        let message = "no".to_owned();
        Said::Failed(Error::MySqlError(MySqlError { state: "HY000".to_owned(), message, code }))
    }

    #[test]
    fn a_table_that_cannot_be_made_does_not_hide_a_lost_write() {
        let lost = Said::Failed(Error::IoError(io::ErrorKind::TimedOut.into()));
        let touch = Call::Touch {
            key: StoreKey::default(),
            expected: Revision::default(),
            ttl: std::time::Duration::from_secs(1),
        };
        let failure = |said| {
            let (answer, _) = Puppet::new(true).unwrap().perform(&touch, said);
            let error = answer.unwrap_err();
            (error.kind(), error.applied())
        };
        // There is no such table, and to make one is denied.
        let denied = failure(vec![refused(1146), refused(1142)]);
        assert_eq!(denied, (StoreErrorKind::Denied, Applied::No));
        let unknown = failure(vec![lost, refused(1146), refused(1142)]);
        assert_eq!(unknown, (StoreErrorKind::Timeout, Applied::Unknown));
    }
}
