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
mod mark;
mod new_id;
mod room;
mod rotate;
mod row;
mod settle;
mod source;
mod sweep;
mod touch;

use std::fmt;

use change::Change;
use change_owner::ChangeOwner;
use choose::{Choice, choose};
use commit::Commit;
use create::Create;
use end::End;
use mark::Mark;
use room::Room;
use rotate::Rotate;
use row::{Next, Row};
use sweep::Sweep;
use touch::Touch;

use super::{Answer, Call, Exchange, Saved, SessionError, Settled, Step};
use crate::{
    Timestamp,
    observe::log,
    record::Live,
    session::{Base, OpenSession},
    store::StoreError,
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
    drop(state);
    if let Some(save) = unfinished {
        return Ok(Step::Ask(Saving::new(session, *save, Some(now))));
    }
    Ok(match plan(session, now)? {
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
    let state = session.state();
    let Some(choice) = choose(&state, context, now) else {
        return Ok(Plan::Nothing);
    };
    if state.outside_http && !context.config().save_outside_http && !matches!(choice, Choice::End(_)) {
        return Ok(Plan::Withheld);
    }
    let change = Change::new(&state, context, now);
    let successor =
        |base: &Base| Live { lineage: state.live.lineage.extended(base.revision), ..state.live.clone() };
    let row = match choice {
        Choice::Create => {
            let create = Row::Create(Create::new(state.live.clone(), &change, context)?);
            Room::before(create, state.live.owner.as_deref(), None, context)
        }
        Choice::Commit(from) => Row::Commit(Commit::new(from.clone(), successor(from), &change, context)?),
        Choice::Touch(from) => Row::Touch(Touch::new(from, &state.live, &change, context)),
        Choice::Mark(from) => match Mark::new(from.clone(), successor(from), &change, context) {
            Some(mark) => Row::Mark(mark),
            None => return Ok(Plan::Nothing),
        },
        Choice::Rotate { from, by_age } => {
            Row::Rotate(Rotate::new(from.clone(), by_age, successor(from), &change, context)?)
        }
        Choice::ChangeOwner(from) => {
            let (owner, keep) = (state.live.owner.as_deref(), Some(from.key.digest));
            let row = Row::ChangeOwner(ChangeOwner::new(from.clone(), successor(from), &change, context)?);
            Room::before(row, owner, keep, context)
        }
        Choice::End(from) => Row::End(End::new(from.clone())),
    };
    Ok(Plan::Save(Save { change, row }))
}

/// A session that is being saved. If it is dropped before its end, the next save of the session continues it.
pub struct Saving {
    session: OpenSession,
    /// `None` only while an answer is processed.
    save: Option<Save>,
    /// Set if this continues an older save. The rest is then saved at this time.
    then: Option<Timestamp>,
}

impl Saving {
    fn new(session: &OpenSession, save: Save, then: Option<Timestamp>) -> Self {
        session.state().saving = true;
        Self { session: session.clone(), save: Some(save), then }
    }

    fn settled(self, settled: Settled) -> Result<Step<Self, Settled>, SessionError> {
        match self.then {
            Some(now) if self.session.is_changed() => {
                let session = self.session.clone();
                drop(self);
                finish(&session, now)
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
        match next? {
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
