use std::fmt;

use super::{
    Answer, Call, Exchange, Saved, SessionError, Settled, Step,
    advance::Progress,
    plan::{Plan, REPEATS, plan},
    report::report,
    work::{Stage, Work},
};
use crate::{
    Timestamp,
    cookie::SetCookie,
    event,
    record::Live,
    session::{Origin, Session},
    store::{Applied, StoreError},
};

/// Saves what a request changed, or extends the deadline of what it only read.
///
/// A save that was abandoned midway is taken up first, so that nothing is done twice. Two saves of one session at the
/// same time would do the same twice, so the second is refused.
///
/// # Errors
/// [`SessionError`] when the change passes a limit, the source of entropy fails, or another save of the same session is
/// under way; nothing was stored then.
pub fn finish(session: &Session, now: Timestamp) -> Result<Step<Saving, Settled>, SessionError> {
    let mut state = session.state();
    if state.saving {
        return Err(SessionError::Busy);
    }
    let unsettled = state.unsettled.take();
    drop(state);
    if let Some(mut work) = unsettled {
        work.repeats_left = REPEATS;
        return Ok(Step::Ask(Saving::of(session, work, Some(now))));
    }
    match plan(session, now)? {
        Plan::Work(work) => Ok(Step::Ask(Saving::of(session, work, None))),
        Plan::Withheld => {
            event::withheld();
            Ok(Step::Done(settled(session, Saved::Withheld)))
        }
        Plan::Nothing => Ok(Step::Done(settled(session, Saved::Nothing))),
    }
}

/// A session being saved. Dropped before its end, it leaves the session knowing that the outcome is unknown.
pub struct Saving {
    session: Session,
    work: Option<Box<Work>>,
    /// This is an older save taken up again; at this time the rest is to be saved.
    then: Option<Timestamp>,
}

impl Saving {
    fn of(session: &Session, work: Box<Work>, then: Option<Timestamp>) -> Self {
        session.state().saving = true;
        Self { session: session.clone(), work: Some(work), then }
    }

    fn failed(mut self, mut work: Box<Work>, error: StoreError) -> Result<Step<Self, Settled>, SessionError> {
        // That this try changed nothing says nothing of an earlier one whose answer was lost.
        let error = if work.unknown { error.with_applied(Applied::Unknown) } else { error };
        event::store_failed(&error);
        let unknown = error.applied() == Applied::Unknown;
        if unknown && work.repeats_left > 0 {
            work.repeats_left -= 1;
            work.unknown = true;
            self.work = Some(work);
            return Ok(Step::Ask(self));
        }
        match work.stage {
            Stage::Collect => self.settle(&mut work, Saved::Created),
            // The session was read; that its deadline could not be extended is no reason to fail the request.
            Stage::Touch | Stage::Mark => self.settle(&mut work, Saved::Nothing),
            Stage::Undo => Err(work.failure.take().unwrap_or_else(|| error.into())),
            _ => self.refuse(work, error.into(), unknown),
        }
    }

    /// Gives the error to the caller, after undoing what must not stay.
    fn refuse(
        mut self,
        mut work: Box<Work>,
        error: SessionError,
        unknown: bool,
    ) -> Result<Step<Self, Settled>, SessionError> {
        if matches!(work.stage, Stage::Bury | Stage::Refresh) {
            work.failure = Some(error);
            work.following = false;
            work.ask(Stage::Undo);
            self.work = Some(work);
            return Ok(Step::Ask(self));
        }
        if let (SessionError::Gone, Some(from)) = (&error, &work.from) {
            event::gone(&from.key);
        }
        if unknown {
            work.unknown = true;
            self.session.state().unsettled = Some(work);
        }
        Err(error)
    }

    /// Brings the session up to what the store has now.
    fn settle(self, work: &mut Work, saved: Saved) -> Result<Step<Self, Settled>, SessionError> {
        let mut state = self.session.state();
        report(self.session.context(), work, saved);
        let expires = work.now.after(work.ttl);
        let config = self.session.context().config();
        match saved {
            Saved::Nothing | Saved::Withheld => {}
            Saved::Touched => {
                if let Some(origin) = &mut state.origin {
                    origin.expires = expires;
                    if work.stage == Stage::Mark {
                        origin.revision = work.next;
                    }
                }
            }
            Saved::Ended => {
                state.destroyed = work.delta.destroys();
                state.origin = None;
                work.live = Live::new(config, work.now);
            }
            Saved::Created | Saved::Committed { .. } | Saved::Rotated => {
                let revision = work.next;
                state.origin = match &work.to {
                    Some(id) => Some(Origin { key: *id.key(), id: Some(id.clone()), revision, expires }),
                    None => work.from.take().map(|from| Origin { revision, expires, ..from }),
                };
            }
        }
        let max_age = work.live.is_persistent(config).then_some(work.ttl);
        match saved {
            Saved::Ended if work.already_gone => {}
            Saved::Ended => state.cookie = SetCookie::Remove,
            Saved::Nothing | Saved::Withheld => {}
            _ => {
                if let Some(id) = work.to.take() {
                    state.cookie = SetCookie::Set { id, max_age };
                } else if work.renew_cookie
                    && let Some(id) = state.origin.as_ref().and_then(|origin| origin.id.clone())
                {
                    state.cookie = SetCookie::Set { id, max_age };
                }
            }
        }
        let refused = match saved {
            Saved::Nothing | Saved::Withheld => None,
            Saved::Touched if work.stage == Stage::Touch => None,
            _ => state.continue_on(&mut work.live, work.delta.len(), config),
        };
        let changed = !state.delta.is_empty();
        drop(state);
        if let Some(error) = work.failure.take().or(refused.map(SessionError::from)) {
            return Err(error);
        }
        if let Some(now) = self.then.filter(|_| changed) {
            let session = self.session.clone();
            drop(self);
            return finish(&session, now);
        }
        let evicted = std::mem::take(&mut work.evicted);
        Ok(Step::Done(Settled { evicted, ..settled(&self.session, saved) }))
    }
}

impl Exchange for Saving {
    type Output = Settled;

    fn call(&self) -> Call<'_> {
        match &self.work {
            Some(work) => work.call(),
            None => Call::Sweep { limit: 0 },
        }
    }

    fn answer(mut self, answer: Result<Answer, StoreError>) -> Result<Step<Self, Settled>, SessionError> {
        let mut work = self.work.take().ok_or(SessionError::Mismatched)?;
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => return self.failed(work, error),
        };
        match work.advance(&self.session, answer) {
            Ok(Progress::Ask) => {
                self.work = Some(work);
                Ok(Step::Ask(self))
            }
            Ok(Progress::Done(saved)) => self.settle(&mut work, saved),
            Err(error) => {
                // What could not be told stays so: a later save must not take it for a change that was never made.
                let unknown = matches!(error, SessionError::Unknown);
                self.refuse(work, error, unknown)
            }
        }
    }
}

impl Drop for Saving {
    fn drop(&mut self) {
        let mut state = self.session.state();
        state.saving = false;
        if let Some(mut work) = self.work.take() {
            work.unknown = true;
            state.unsettled = Some(work);
        }
    }
}

impl fmt::Debug for Saving {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Saving").field("call", &self.call()).finish_non_exhaustive()
    }
}

fn settled(session: &Session, saved: Saved) -> Settled {
    Settled { saved, cookie: session.set_cookie(), evicted: Vec::new() }
}
