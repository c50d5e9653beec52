use std::{fmt, sync::Arc, time::Duration};

use super::{
    Answer, Call, Exchange, SessionError, Step,
    save::{found_ended, is_due},
};
use crate::{
    Timestamp,
    id::{Digest, StoreKey},
    observe::log,
    record::Record,
    session::{Arrival, Base, OpenSession},
    store::{Revision, StoreError, Stored},
};

/// Whether a session lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
#[expect(clippy::exhaustive_enums, reason = "a caller must handle both")]
pub enum Liveness {
    /// The session lives, or it is new and not stored yet.
    Alive,
    /// The session has ended, as a request that arrived with its id now would be told. It holds nothing any more.
    Ended(Arrival),
}

/// Brings a session that outlives its request up to date: that of a websocket, a stream or a job.
///
/// It follows rotations by age, takes over what other requests wrote, and replays the changes that are not saved yet on
/// it. If the outcome of the last save is unknown, it takes over nothing: the next save finds out first. With `uses`, this is a use of the session: its deadline is extended if that is due.
///
/// It must be called at least once in each idle lifetime, and `rotate_after`: later it may not find the way from an old id to
/// the session any more, and says that the session has ended.
///
/// # Errors
/// [`SessionError::Busy`] if a save of the session is under way.
pub fn refresh(
    session: &OpenSession,
    now: Timestamp,
    uses: bool,
) -> Result<Step<Refreshing, Liveness>, SessionError> {
    let mut state = session.state();
    if state.saving {
        return Err(SessionError::Busy);
    }
    state.now = now;
    Ok(match &state.base {
        Some(base) => Step::Ask(Refreshing {
            session: session.clone(),
            key: base.key,
            now,
            uses,
            hops_left: MAX_HOPS,
            stage: Stage::Load,
        }),
        None if state.destroyed => Step::Done(Liveness::Ended(Arrival::Expired)),
        None => Step::Done(Liveness::Alive),
    })
}

/// A session that is being refreshed.
pub struct Refreshing {
    session: OpenSession,
    key: StoreKey,
    now: Timestamp,
    uses: bool,
    hops_left: u32,
    stage: Stage,
}

enum Stage {
    Load,
    /// It is best effort.
    Touch {
        expected: Revision,
        ttl: Duration,
    },
}

/// The most rotations between two refreshes that are followed.
const MAX_HOPS: u32 = 256;

impl Refreshing {
    fn loaded(self, stored: Option<Stored>) -> Result<Step<Self, Liveness>, SessionError> {
        let Some(stored) = stored else { return Ok(self.ended(Arrival::Expired)) };
        let expires = self.now.after(stored.remaining);
        match Record::decode_owned(stored.data).inspect_err(|error| log::unreadable(&self.key, error))? {
            Record::Live(live) if live.deadline <= self.now => Ok(self.ended(Arrival::Expired)),
            Record::Live(live) => {
                let state = self.session.state();
                if state.unfinished.is_some() {
                    // What it changed may be in the record already, and would be there twice.
                    drop(state);
                    return Ok(self.used(stored.revision));
                }
                let id =
                    state.base.as_ref().filter(|base| base.key == self.key).and_then(|base| base.id.clone());
                let base = Base { key: self.key, id, revision: stored.revision, expires };
                let is_newer = state.base.as_ref().is_none_or(|before| before.revision != base.revision);
                drop(state);
                if is_newer {
                    self.session.rebase(live, base)?;
                } else {
                    self.session.state().base = Some(base);
                }
                Ok(self.used(stored.revision))
            }
            Record::Moved { to, .. } => self.follow(to),
            Record::Superseded { .. } => Ok(self.ended(Arrival::Superseded)),
            Record::Ended { by, .. } => Ok(self.ended(Arrival::Ended(by))),
        }
    }

    fn follow(mut self, to: Digest) -> Result<Step<Self, Liveness>, SessionError> {
        self.hops_left = self.hops_left.checked_sub(1).ok_or(SessionError::Gone)?;
        self.key.digest = to;
        Ok(Step::Ask(self))
    }

    fn used(mut self, expected: Revision) -> Step<Self, Liveness> {
        let config = Arc::clone(self.session.context());
        let state = self.session.state();
        if !self.uses || !is_due(&state, config.config(), self.now) {
            return Step::Done(Liveness::Alive);
        }
        let ttl = state.live.ttl(config.config(), self.now);
        drop(state);
        self.stage = Stage::Touch { expected, ttl };
        Step::Ask(self)
    }

    fn ended(self, arrival: Arrival) -> Step<Self, Liveness> {
        log::gone(&self.key);
        found_ended(&self.session, self.now);
        Step::Done(Liveness::Ended(arrival))
    }
}

impl Exchange for Refreshing {
    type Output = Liveness;

    fn call(&self) -> Call<'_> {
        match self.stage {
            Stage::Load => Call::Load { key: self.key },
            Stage::Touch { expected, ttl } => Call::Touch { key: self.key, expected, ttl },
        }
    }

    fn answer(self, answer: Result<Answer, StoreError>) -> Result<Step<Self, Liveness>, SessionError> {
        match (&self.stage, answer.inspect_err(log::store_failed)) {
            (Stage::Load, Ok(Answer::Load(stored))) => self.loaded(stored),
            (Stage::Load, Ok(_)) => Err(SessionError::Mismatched),
            (Stage::Load, Err(error)) => Err(error.into()),
            (Stage::Touch { ttl, .. }, answer) => {
                if matches!(answer, Ok(Answer::Touch(crate::store::TouchOutcome::Touched)))
                    && let Some(base) = &mut self.session.state().base
                {
                    base.expires = self.now.after(*ttl);
                }
                Ok(Step::Done(Liveness::Alive))
            }
        }
    }
}

impl fmt::Debug for Refreshing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refreshing").field("call", &self.call()).finish_non_exhaustive()
    }
}
