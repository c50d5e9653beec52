//! Saving a session: one file for each row of the table in ARCHITECTURE.md.
//!
//! [`choose`] decides the row. A [`Row`](row::Row) makes a call and interprets the answer, and becomes another row if a
//! conflict requires it. All rows work on a [`Change`](change::Change): the change to be replayed, and the rule of
//! repeating. [`settle`] updates the session after the save.

mod change;
mod change_owner;
mod choose;
mod commit;
mod create;
mod draft;
mod end;
mod evict;
mod forget;
mod new_id;
mod room;
mod rotate;
mod row;
mod settle;
mod source;
mod sweep;
mod touch;
mod twin;

use std::{fmt, mem};

use change::Change;
use change_owner::ChangeOwner;
pub(super) use choose::is_due;
use choose::{Choice, choose};
use commit::Commit;
use create::Create;
use draft::Subject;
use end::End;
use forget::Forget;
use room::Room;
use rotate::Rotate;
use row::{Next, Row};
pub(super) use settle::found_ended;
use sweep::Sweep;
use touch::Touch;

use super::{Answer, Call, Exchange, Saved, SessionError, Settled, Step};
use crate::{
    Context, Timestamp,
    id::SessionHandle,
    observe::log,
    session::{Base, OpenSession, Standing, State},
    store::{Revision, StoreError},
};

/// Saves what a request changed, or extends the deadline of a session that it only read.
///
/// A save that was abandoned midway is continued first, so that nothing is done twice. Two saves of one session at the same
/// time would do the same twice, so the second is refused.
///
/// # Errors
/// [`SessionError`] if the change exceeds a limit, the source of entropy fails, or another save of the same session is under
/// way. Nothing was stored then.
pub fn finish(session: &OpenSession, now: Timestamp) -> Result<Step<Saving, Settled>, SessionError> {
    let mut state = session.state();
    if state.saving {
        return Err(SessionError::Busy);
    }
    let unfinished = state.unfinished.take().and_then(|save| save.downcast::<Save>().ok());
    state.now = now;
    drop(state);
    if let Some(save) = unfinished {
        return Ok(Step::Ask(Saving::new(session, *save, Some(now))));
    }
    Ok(match plan(session, now).inspect_err(|error| refuse(session, error))? {
        Plan::Save(save) => Step::Ask(Saving::new(session, save, None)),
        Plan::Withheld => {
            log::withheld();
            Step::Done(settle::nothing(session, Saved::Withheld))
        }
        Plan::Nothing => Step::Done(settle::nothing(session, Saved::Nothing)),
    })
}

/// Whether a save of the session needs the store now: the session was changed, its deadline must be extended, or an older
/// save is unfinished.
#[must_use]
pub fn needs_save(session: &OpenSession, now: Timestamp) -> bool {
    let state = session.state();
    state.saving || state.unfinished.is_some() || choose(&state, session.context(), now).is_some()
}

/// Notes that the caller is told of a failure, so that a driver does not answer it a second time.
fn refuse(session: &OpenSession, error: &SessionError) {
    log::refused(session.context(), error, session.id_handle(), session.owner().as_deref());
    // What another request made pointless was dropped from the change. The rest of it can be saved.
    if !error.drops_one_change() {
        let mut state = session.state();
        state.refused = Some(state.version);
    }
}

/// A save under way.
#[derive(Debug)]
struct Save {
    change: Change,
    row: Row,
}

enum Plan {
    Nothing,
    /// The session was opened outside HTTP and must not be saved.
    Withheld,
    Save(Save),
}

fn plan(session: &OpenSession, now: Timestamp) -> Result<Plan, SessionError> {
    let context = session.context();
    let mut state = session.state();
    let Some(choice) = choose(&state, context, now) else {
        return Ok(Plan::Nothing);
    };
    if state.outside_http && !context.config().save_outside_http && !matches!(choice, Choice::End(_)) {
        return Ok(Plan::Withheld);
    }
    let proves_itself = state.delta.logs_in() || matches!(choice, Choice::Forget);
    if state.base.is_none() && !proves_itself {
        match state.arrived.standing {
            Standing::Free => {}
            Standing::Withheld => return Ok(Plan::Withheld),
            // Nobody would miss what a page changes by the way, such as a counter or a form token.
            Standing::Late if state.safe || state.delta.is_only_of(&context.config().token_key) => {
                return Ok(Plan::Withheld);
            }
            Standing::Late => return Err(SessionError::Gone),
        }
    }
    let change = Change::new(&state, context, now);
    let row = match choice {
        Choice::Create => {
            let successor = successor_of(&state, context);
            let subject = Subject::working_copy(&mut state, None);
            let row = match successor {
                Some(from) => {
                    Row::ChangeOwner(ChangeOwner::joining(from.key, from, subject, &change, context)?)
                }
                None => Row::Create(Create::new(subject, &change, context)?),
            };
            Some(Room::before(row, state.live.owner.as_deref(), None, context))
        }
        Choice::Commit(from) => {
            let replaced = state.loaded_bytes();
            let subject = Subject::working_copy(&mut state, Some(from.revision));
            Some(Row::Commit(Commit::new(from, replaced, subject, &change, context)?))
        }
        Choice::Touch(from) => Some(Row::Touch(Touch::new(from, &state.live, &change, context))),
        Choice::Rotate { from, by_age } => {
            let subject = Subject::working_copy(&mut state, Some(from.revision));
            Some(match Rotate::new(from.clone(), by_age, subject, &change, context) {
                // A request that only reads must not fail because its id is old.
                Err(SessionError::Value(_)) if by_age && state.delta.is_empty() => {
                    Row::Touch(Touch::new(from, &state.live, &change, context))
                }
                rotate => Row::Rotate(rotate?),
            })
        }
        Choice::ChangeOwner(from) => {
            let keep = Some(from.key.digest);
            let subject = Subject::working_copy(&mut state, Some(from.revision));
            let row = Row::ChangeOwner(ChangeOwner::new(from, subject, &change, context)?);
            Some(Room::before(row, state.live.owner.as_deref(), keep, context))
        }
        Choice::End(from) => Some(Row::End(End::new(from, &change, context)?)),
        Choice::Forget => None,
    };
    let row = match change.delta.forgets() {
        true => Forget::before(row, &state.arrived.others, &change, context),
        false => row,
    };
    Ok(row.map_or(Plan::Nothing, |row| Plan::Save(Save { change, row })))
}

/// The session that another sign-in of this browser has made a moment ago, if this sign-in is of the same owner.
fn successor_of(state: &State, context: &Context) -> Option<Base> {
    let key = state.arrived.successor.filter(|_| state.delta.logs_in())?;
    let family = new_id::family_of(state.live.owner.as_deref(), None, context)?;
    let unread = Base { key, id: None, revision: Revision::default(), expires: state.now };
    (family == key.family).then_some(unread)
}

/// A session that is being saved. If it is dropped before its end, the next save of the session continues it.
pub struct Saving {
    session: OpenSession,
    /// `None` only while an answer is processed.
    save: Option<Save>,
    /// Set if this continues an older save. The rest is then saved at this time.
    then: Option<Timestamp>,
    /// The sessions that the older save ended to make room.
    evicted: Vec<SessionHandle>,
}

impl Saving {
    fn new(session: &OpenSession, save: Save, then: Option<Timestamp>) -> Self {
        session.state().saving = true;
        Self { session: session.clone(), save: Some(save), then, evicted: Vec::new() }
    }

    fn settled(mut self, mut settled: Settled) -> Result<Step<Self, Settled>, SessionError> {
        self.evicted.append(&mut settled.evicted);
        settled.evicted = mem::take(&mut self.evicted);
        match self.then {
            Some(now) if self.session.is_changed() => {
                let session = self.session.clone();
                drop(self);
                let mut step = finish(&session, now)?;
                match &mut step {
                    Step::Ask(saving) => saving.evicted = settled.evicted,
                    Step::Done(rest) => rest.evicted = settled.evicted,
                }
                Ok(step)
            }
            _ => Ok(Step::Done(settled)),
        }
    }
}

impl Exchange for Saving {
    type Output = Settled;

    fn call(&self) -> Call<'_> {
        self.save.as_ref().map_or(Call::Sweep { limit: 0 }, |save| save.row.call())
    }

    fn answer(mut self, answer: Result<Answer, StoreError>) -> Result<Step<Self, Settled>, SessionError> {
        let Save { mut change, row } = self.save.take().ok_or(SessionError::Mismatched)?;
        let was_sweep = matches!(row, Row::Sweep(_));
        let next = match answer {
            Ok(answer) if answer.operation() == row.call().operation() => {
                change.retry.answered();
                row.answer(&self.session, &mut change, answer)
            }
            Ok(_) => Err(SessionError::Mismatched),
            Err(error) => {
                let writes = !matches!(row.call(), Call::Load { .. });
                if row.is_best_effort() {
                    change.retry.forgo();
                }
                match change.retry.failed(error, writes) {
                    Ok(()) => Ok(Next::Ask(row)),
                    Err(error) => row.failed(&self.session, &mut change, error),
                }
            }
        };
        match next.inspect_err(|error| refuse(&self.session, error))? {
            Next::Ask(row) => {
                self.save = Some(Save { change, row });
                Ok(Step::Ask(self))
            }
            Next::Done(settled) if was_sweep => self.settled(settled),
            Next::Done(settled) => match Sweep::after(settled, &self.session) {
                Step::Done(settled) => self.settled(settled),
                Step::Ask(row) => {
                    change.retry.next_call();
                    self.save = Some(Save { change, row });
                    Ok(Step::Ask(self))
                }
            },
            Next::Unknown(row, error) => {
                // A later save must not assume that the change was never made.
                self.save = Some(Save { change, row });
                refuse(&self.session, &error);
                Err(error)
            }
        }
    }
}

impl Drop for Saving {
    fn drop(&mut self) {
        let mut state = self.session.state();
        state.saving = false;
        // A sweep comes after the save.
        if let Some(mut save) = self.save.take().filter(|save| !matches!(save.row, Row::Sweep(_))) {
            save.change.retry.abandon();
            state.unfinished = Some(Box::new(save));
        }
    }
}

impl fmt::Debug for Saving {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Saving").field("call", &self.call()).finish_non_exhaustive()
    }
}
