//! The asynchronous and the blocking driver. Each is a short loop around an [`Exchange`](crate::exchange::Exchange), and
//! neither needs a certain runtime.

pub mod blocking;
mod nonblocking;

pub use nonblocking::Sessions;

use crate::{
    SessionError,
    exchange::{Saved, Settled},
};

/// What depends on a save must not go on if nothing was saved.
fn stored(settled: Settled) -> Result<(), SessionError> {
    match settled.saved {
        Saved::Withheld => Err(SessionError::Withheld),
        _ => Ok(()),
    }
}
