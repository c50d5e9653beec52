//! The life of a session during one request, as states without I/O.
//!
//! ```text
//! begin(visit) ── Opening ⇄ store.load ──> Session ── handler ──> finish(session) ── Saving ⇄ store ──> Settled
//! ```
//!
//! Beside a request stand [`list`], [`end`], [`end_others`] and [`end_all`]: what is done to all sessions of an owner.
//!
//! An [`Exchange`] says which [`Call`] of the store it needs and is told its [`Answer`], until it is done. It knows
//! neither store nor clock nor runtime: a driver is one loop, and a test can put anything between call and answer.

mod advance;
mod ending;
mod error;
mod listing;
mod opening;
mod plan;
mod report;
mod revoking;
mod saving;
mod settled;
mod work;

pub use ending::{Ending, end};
pub use error::SessionError;
pub use listing::{Listing, list};
pub use opening::{Opening, begin};
pub(crate) use plan::is_settled;
pub use revoking::{Revoking, end_all, end_others};
pub use saving::{Saving, finish};
pub use settled::{Saved, Settled};
pub(crate) use work::Work;

pub use crate::store::{Answer, Call};
use crate::{Context, id::Family, record::ValueError, session::check_owner, store::StoreError};

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

/// The family of an owner's sessions.
fn family_of(context: &Context, owner: &str) -> Result<Family, ValueError> {
    check_owner(owner)?;
    Ok(Family::of_owner(owner, context.config().secret.as_deref()))
}
