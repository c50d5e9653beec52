use super::{
    change::Change, change_owner::ChangeOwner, commit::Commit, create::Create, end::End, evict::Evict,
    forget::Forget, room::Room, rotate::Rotate, settle, sweep::Sweep, touch::Touch,
};
use crate::{
    exchange::{Answer, Call, Saved, SessionError, Settled},
    session::OpenSession,
    store::{Applied, StoreError},
};

/// One row of the table: the call that it makes, and the meaning of the answer.
#[derive(Debug)]
pub(super) enum Row {
    Create(Box<Create>),
    Commit(Box<Commit>),
    Touch(Box<Touch>),
    Rotate(Box<Rotate>),
    ChangeOwner(Box<ChangeOwner>),
    End(Box<End>),
    Room(Box<Room>),
    Evict(Box<Evict>),
    Sweep(Box<Sweep>),
    Forget(Box<Forget>),
}

/// The next step after an answer.
pub(super) enum Next {
    Ask(Row),
    Done(Settled),
    /// It is unknown whether the change was made. The caller gets the error, and a later save continues the row.
    Unknown(Row, SessionError),
}

/// The result of an answer.
pub(super) type Progress = Result<Next, SessionError>;

impl Row {
    pub(super) fn call(&self) -> Call<'_> {
        match self {
            Self::Create(row) => row.call(),
            Self::Commit(row) => row.call(),
            Self::Touch(row) => row.call(),
            Self::Rotate(row) => row.call(),
            Self::ChangeOwner(row) => row.call(),
            Self::End(row) => row.call(),
            Self::Room(row) => row.call(),
            Self::Evict(row) => row.call(),
            Self::Sweep(row) => row.call(),
            Self::Forget(row) => row.call(),
        }
    }

    /// Continues with an answer to the call.
    pub(super) fn answer(self, session: &OpenSession, change: &mut Change, answer: Answer) -> Progress {
        match self {
            Self::Create(row) => row.answer(session, change, answer),
            Self::Commit(row) => row.answer(session, change, answer),
            Self::Touch(row) => row.answer(session, change, answer),
            Self::Rotate(row) => row.answer(session, change, answer),
            Self::ChangeOwner(row) => row.answer(session, change, answer),
            Self::End(row) => row.answer(session, change, answer),
            Self::Room(row) => row.answer(change, answer),
            Self::Evict(row) => row.answer(session, change, answer),
            Self::Sweep(row) => Ok(row.answer(session, &answer)),
            Self::Forget(row) => row.answer(session, change, answer),
        }
    }

    /// Whether the request is answered although the call failed. Then it does not wait for a second try.
    pub(super) const fn is_best_effort(&self) -> bool {
        matches!(self, Self::Touch(_) | Self::Sweep(_))
    }

    /// Continues after the store has failed for the last time.
    pub(super) fn failed(self, session: &OpenSession, change: &mut Change, error: StoreError) -> Progress {
        match self {
            // The session was only read. The request must not fail because the deadline could not be extended.
            Self::Touch(_) => Ok(Next::Done(settle::nothing(session, Saved::Nothing))),
            Self::Sweep(row) => Ok(row.done()),
            Self::ChangeOwner(row) => row.failed(session, change, error),
            Self::Evict(row) => row.failed(session, change, error),
            Self::Rotate(row) if error.applied() == Applied::No => row.refused(session, change, error),
            row => row.refused(error),
        }
    }

    pub(super) fn refused(self, error: StoreError) -> Progress {
        match error.applied() {
            Applied::Unknown => Ok(Next::Unknown(self, error.into())),
            Applied::No => Err(error.into()),
        }
    }
}
