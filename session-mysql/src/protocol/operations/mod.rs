//! The operations of the contract, written once for both faces.

mod commit;
mod create;
mod delete;
mod list;
mod load;
mod revoke;
mod rotate;
mod sweep;
mod touch;

use std::future::Future;

pub(crate) use commit::Commit;
pub(crate) use create::Create;
pub(crate) use delete::Delete;
pub(crate) use list::List;
pub(crate) use load::Load;
pub(crate) use revoke::Revoke;
pub(crate) use rotate::Rotate;
pub(crate) use sweep::Sweep;
pub(crate) use touch::Touch;

use crate::{
    protocol::conversation::{Conversation, Wire},
    protocol::errors::{Failure, Trouble},
    protocol::sql::Sql,
};

/// One operation with its arguments, which may be run again from the start.
///
/// A statement that lasts and changes something is the last one, so that what fails before it has changed nothing. A
/// transaction that is still open when the operation ends is rolled back.
pub(crate) trait Operation: Sync {
    type Outcome: Send;

    fn run<W: Wire>(
        &self,
        sql: &Sql,
        with: &mut Conversation<'_, W>,
    ) -> impl Future<Output = Result<Self::Outcome, Failure>> + Send;

    /// Whether the outcome tells that the operation is done, by this try or by one before whose answer was lost. Any
    /// other outcome of a second try says nothing of the first.
    fn is_done(outcome: &Self::Outcome) -> bool;

    /// Whether it may be tried again although it may have been done.
    fn recognises_itself(&self) -> bool {
        true
    }
}

/// How often an operation looks again when others change what it has just seen.
const LOOKS: u32 = 8;

/// Others were faster each time.
fn restless() -> Failure {
    Trouble::Late("other requests changed the record at every look").into()
}
