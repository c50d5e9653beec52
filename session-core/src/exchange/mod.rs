//! The life of a session during one request, as states without I/O.
//!
//! ```text
//! begin(visit) ── Opening ⇄ store.load ──> OpenSession ── handler ──> finish(session) ── Saving ⇄ store ──> Settled
//! ```
//!
//! [`list`], [`end`], [`end_others`] and [`end_all`] work on all sessions of an owner.
//!
//! An [`Exchange`] returns the [`Call`] of the store that it needs and takes the store's [`Answer`], until it is done. It
//! knows neither a store nor a clock nor a runtime: a driver is one loop, and a test can do anything between call and answer.
//!
//! A driver also needs [`fresh`], [`drop_refused`], [`needs_save`], [`set_cookie`], [`visitor_cookie`], [`id_header`] and
//! [`head_sent`].
//! They are functions and not methods of the session, so that no handler can reach them. [`refresh`] is for a session that
//! outlives its request, [`forget`] for a sign-out that must work whatever the record says, and [`ended_here`] for a request that
//! has ended its own session with others.

mod fresh;
mod open;
mod owner;
mod refresh;
mod response;
mod retry;
mod save;
mod settled;
mod tombstone;

pub use fresh::fresh;
pub use open::{Opening, begin};
pub use owner::{Ending, Forgetting, Listing, Revoking, end, end_all, end_others, ended_here, forget, list};
pub use refresh::{Liveness, Refreshing, refresh};
pub use response::{drop_refused, head_sent, id_header, is_head_sent, set_cookie, visitor_cookie};
pub use save::{Saving, finish, needs_save};
pub use settled::{Saved, Settled};

pub use crate::store::{Answer, Call};
use crate::{SessionError, store::StoreError};

/// A conversation with a store, waiting for one answer.
pub trait Exchange: Sized {
    /// The result of the conversation.
    type Output;

    /// The operation to be carried out now. Calling this again returns the same operation.
    fn call(&self) -> Call<'_>;

    /// Continues with the answer of the store.
    ///
    /// # Errors
    /// [`SessionError`] if the conversation failed.
    fn answer(self, answer: Result<Answer, StoreError>) -> Result<Step<Self, Self::Output>, SessionError>;
}

/// The state of an exchange.
#[derive(Debug)]
#[expect(clippy::exhaustive_enums, reason = "a driver must handle both states")]
pub enum Step<E, T> {
    /// It waits for an answer of the store.
    Ask(E),
    /// It has reached its end.
    Done(T),
}
