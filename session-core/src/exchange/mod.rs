//! The life of a session during one request, as states without I/O.
//!
//! ```text
//! begin(visit) ── Opening ⇄ store.load ──> Session ── handler ──> finish(session) ── Saving ⇄ store ──> Settled
//! ```
//!
//! An [`Exchange`] says which [`Call`] of the store it needs and is told its [`Answer`], until it is done. It knows
//! neither store nor clock nor runtime: a driver is one loop, and a test can put anything between call and answer.

mod advance;
mod call;
mod error;
mod opening;
mod plan;
mod saving;
mod settled;
mod work;

pub use call::{Answer, Call};
pub use error::SessionError;
pub use opening::{Opening, begin};
pub use saving::{Saving, finish};
pub use settled::{Saved, Settled};
pub(crate) use work::Work;

use crate::store::StoreError;

/// A conversation with a store, waiting for one answer.
pub trait Exchange: Sized {
    /// What the conversation comes to.
    type Output;

    /// The operation to be carried out now. Calling this again asks for the same operation.
    fn call(&self) -> Call<'_>;

    /// Goes on with what the store answered.
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
    /// It has come to its end.
    Done(T),
}
