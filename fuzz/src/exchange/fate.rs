use session_core::{
    exchange::{Answer, Call},
    store::{Applied, StoreError, StoreErrorKind},
};

use crate::support::World;

/// What happens to a call of the store.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Answered,
    /// Applied, but the answer is lost.
    Lost,
    /// Not applied, and the caller cannot know.
    Unsent,
    /// Not applied, and the caller is told so.
    Refused,
    /// Applied, and then the program ends.
    Crash,
    /// Applied, but the future that waits for it is dropped; then the session is saved again.
    Cancelled,
    /// Not applied, and the future is dropped; then the session is saved again.
    CancelledUnsent,
}

impl Fate {
    pub(super) fn perform(self, world: &mut World, call: &Call<'_>) -> Result<Answer, StoreError> {
        let applied = !matches!(self, Self::Unsent | Self::Refused | Self::CancelledUnsent);
        let answer = applied.then(|| world.perform(call));
        match (self, answer) {
            (Self::Answered, Some(answer)) => Ok(answer),
            (Self::Refused, _) => Err(StoreError::new(StoreErrorKind::Unavailable, Applied::No)),
            _ => Err(StoreError::new(StoreErrorKind::Timeout, Applied::Unknown)),
        }
    }
}

impl From<u8> for Fate {
    /// Of 64 calls, 48 succeed.
    fn from(byte: u8) -> Self {
        match byte % 64 {
            0..48 => Self::Answered,
            48..51 => Self::Lost,
            51..54 => Self::Unsent,
            54..56 => Self::Refused,
            56..58 => Self::Crash,
            58..61 => Self::Cancelled,
            _ => Self::CancelledUnsent,
        }
    }
}
