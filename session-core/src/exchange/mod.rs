//! The life of a session during one request, as states without I/O.
//!
//! ```text
//! begin(visit) ── Opening ⇄ store.load ──> Session ── handler ──> finish(session) ── Saving ⇄ store ──> Settled
//! ```
//!
//! [`list`], [`end`], [`end_others`] and [`end_all`] work on all sessions of an owner.
//!
//! An [`Exchange`] says which [`Call`] of the store it needs and is told the store's [`Answer`], until it is done. It
//! knows no store, no clock and no runtime: a driver is one loop, and a test can put anything between call and answer.
//!
//! A driver also needs [`fresh`], [`needs_save`], [`set_cookie`] and [`head_sent`]. They are functions and not methods
//! of the session, so that no handler can reach them.

mod error;
mod open;
mod owner;
mod response;
mod retry;
mod save;
mod settled;

pub use error::SessionError;
pub use open::{Opening, begin, fresh};
pub use owner::{Ending, Listing, Revoking, end, end_all, end_others, list};
pub use response::{head_sent, set_cookie};
pub use save::{Saving, finish, needs_save};
pub use settled::{Saved, Settled};

use crate::store::StoreError;
pub use crate::store::{Answer, Call};

/// A conversation with a store, waiting for one answer.
pub trait Exchange: Sized {
    /// What the conversation results in.
    type Output;

    /// The operation to be carried out now. Calling this again returns the same operation.
    fn call(&self) -> Call<'_>;

    /// Continues with what the store answered.
    ///
    /// # Errors
    /// [`SessionError`] when the conversation cannot reach its end.
    fn answer(self, answer: Result<Answer, StoreError>) -> Result<Step<Self, Self::Output>, SessionError>;
}

/// Where an exchange stands.
#[derive(Debug)]
pub enum Step<E, T> {
    /// It waits for an answer of the store.
    Ask(E),
    /// It has reached its end.
    Done(T),
}
