use session_core::store::{Answer, Applied, StoreError, StoreErrorKind, Stored};

use crate::handler::Gate;

/// What happens to one call of the store.
#[derive(Debug, Clone)]
pub(crate) enum Odd {
    /// Nothing: it is carried out, although the other calls are not.
    Pass,
    /// It is refused, and not carried out.
    Fail,
    /// It is carried out, and its answer is lost.
    Lose,
    /// It is carried out when the gate opens.
    Hold(Gate),
    /// What is loaded is not a record.
    Damage,
}

/// A name that no response and no log line for a visitor may have in it.
pub(crate) const SERVER: &str = "10.0.0.7 is down";

pub(super) fn refused() -> StoreError {
    StoreError::new(StoreErrorKind::Unavailable, Applied::No).with_source(SERVER)
}

pub(super) fn lost() -> StoreError {
    StoreError::new(StoreErrorKind::Timeout, Applied::Unknown).with_source(SERVER)
}

pub(super) fn damaged(answer: Answer) -> Answer {
    match answer {
        Answer::Load(Some(stored)) => {
            Answer::Load(Some(Stored { data: b"not a record".as_slice().into(), ..stored }))
        }
        answer => answer,
    }
}
