//! The operations of the contract, each written once for both APIs.

mod commit;
#[cfg(feature = "tokio")]
mod commit_together;
mod create;
#[cfg(feature = "tokio")]
mod create_together;
mod delete;
mod devices;
mod insert;
mod list;
mod load;
mod removal;
mod revoke;
mod rotate;
mod sweep;
#[cfg(feature = "tokio")]
mod together;
mod touch;

use std::future::Future;

pub(crate) use commit::Commit;
#[cfg(feature = "tokio")]
pub(crate) use commit_together::ChangedRecord;
pub(crate) use create::Create;
#[cfg(feature = "tokio")]
pub(crate) use create_together::NewRecord;
pub(crate) use delete::Delete;
pub(crate) use insert::Insert;
pub(crate) use list::List;
pub(crate) use load::Load;
pub(crate) use revoke::Revoke;
pub(crate) use rotate::Rotate;
pub(crate) use sweep::Sweep;
#[cfg(feature = "tokio")]
pub(crate) use together::{Shared, Together};
pub(crate) use touch::Touch;

use devices::Devices;

use crate::{Connection, Conversation, Error, ErrorKind, retry::MAX_RACES};

/// One operation with its arguments, which may be run again from the start.
///
/// The statement that takes effect is the last one that may fail, so an operation that fails before it has changed nothing. A
/// transaction that is still open when the operation ends is rolled back.
pub(crate) trait Operation: Sync {
    type Outcome: Send;

    fn run<C: Connection>(
        &self,
        server: &mut Conversation<'_, C>,
    ) -> impl Future<Output = Result<Self::Outcome, Error>> + Send;

    /// Whether the outcome means that the operation is done, by this attempt or by an earlier one whose reply was lost.
    /// Any other outcome of a second attempt says nothing of the first.
    fn is_done(_: &Self::Outcome) -> bool {
        true
    }

    /// Whether it may be repeated although it may have taken effect.
    fn recognises_itself(&self) -> bool {
        true
    }
}

/// Other requests were faster at each of the [`MAX_RACES`] looks.
fn contended() -> Error {
    ErrorKind::Contended("other requests changed the record at every look").into()
}
