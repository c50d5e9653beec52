use super::{
    change::Change,
    row::{Next, Progress, Row},
};
use crate::{
    Timestamp,
    exchange::{Answer, Call, Ending, Exchange as _, Settled, Step},
    id::{SessionHandle, StoreKey},
    observe::EndedBy,
    session::OpenSession,
    store::StoreError,
};

/// Stores a session of an owner, and ends those under older secrets that are too many afterwards: a sign-in that is refused
/// costs no device.
#[derive(Debug)]
pub(super) struct Evict {
    doing: Doing,
    /// The sessions that are to be ended, oldest last.
    rest: Vec<StoreKey>,
    evicted: Vec<SessionHandle>,
}

#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "it is in a box")]
enum Doing {
    /// The session is being stored.
    Store(Row),
    /// It is stored, and this one is being ended.
    End(StoreKey, Ending, Settled),
}

impl Evict {
    /// The row that stores the session, before these are ended, the oldest last.
    pub(super) fn after(row: Row, rest: Vec<StoreKey>) -> Row {
        if rest.is_empty() {
            return row;
        }
        Row::Evict(Box::new(Self { doing: Doing::Store(row), rest, evicted: Vec::new() }))
    }

    pub(super) fn call(&self) -> Call<'_> {
        match &self.doing {
            Doing::Store(row) => row.call(),
            Doing::End(_, ending, _) => ending.call(),
        }
    }

    pub(super) fn answer(
        self: Box<Self>,
        session: &OpenSession,
        change: &mut Change,
        answer: Answer,
    ) -> Progress {
        let Self { doing, rest, mut evicted } = *self;
        match doing {
            Doing::Store(row) => {
                let progress = row.answer(session, change, answer)?;
                Ok(Self::stored(session, change, rest, progress))
            }
            Doing::End(key, ending, settled) => {
                change.retry.next_call();
                match ending.answer(Ok(answer)) {
                    Ok(Step::Ask(ending)) => Ok(Next::Ask(Row::Evict(Box::new(Self {
                        doing: Doing::End(key, ending, settled),
                        rest,
                        evicted,
                    })))),
                    Ok(Step::Done(ended)) => {
                        evicted.extend(ended.then(|| key.digest.handle()));
                        Ok(Self::next(session, rest, evicted, settled))
                    }
                    Err(_) => Ok(Self::done(evicted, settled)),
                }
            }
        }
    }

    /// The session is stored whatever becomes of the others. The next sign-in ends those that are still too many.
    pub(super) fn failed(
        self: Box<Self>,
        session: &OpenSession,
        change: &mut Change,
        error: StoreError,
    ) -> Progress {
        match self.doing {
            Doing::Store(row) => {
                let progress = row.failed(session, change, error)?;
                Ok(Self::stored(session, change, self.rest, progress))
            }
            Doing::End(_, _, settled) => Ok(Self::done(self.evicted, settled)),
        }
    }

    fn stored(session: &OpenSession, change: &mut Change, rest: Vec<StoreKey>, progress: Next) -> Next {
        let evicted = Vec::new();
        match progress {
            Next::Ask(row) => Next::Ask(Self::after(row, rest)),
            Next::Unknown(row, error) => Next::Unknown(Self::after(row, rest), error),
            Next::Done(settled) => {
                change.retry.next_call();
                Self::next(session, rest, evicted, settled)
            }
        }
    }

    fn next(
        session: &OpenSession,
        mut rest: Vec<StoreKey>,
        evicted: Vec<SessionHandle>,
        settled: Settled,
    ) -> Next {
        let Some(oldest) = rest.pop() else { return Self::done(evicted, settled) };
        let ending = Ending::new(session.context(), oldest, None, EndedBy::Cap, Timestamp::from_millis(0));
        let doing = Doing::End(oldest, ending, settled);
        Next::Ask(Row::Evict(Box::new(Self { doing, rest, evicted })))
    }

    /// Those under older secrets are older than those that the store has ended.
    fn done(mut evicted: Vec<SessionHandle>, mut settled: Settled) -> Next {
        evicted.append(&mut settled.evicted);
        Next::Done(Settled { evicted, ..settled })
    }
}
