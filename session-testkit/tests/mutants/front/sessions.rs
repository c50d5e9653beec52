//! Defects that show in whole sessions.

use session_core::store::{Answer, Call, CommitOutcome, CreateOutcome, DeleteOutcome, TouchOutcome};
use session_testkit::rules;

use super::{Answered, Front, Row};

pub(super) const ALL: &[Row] = &[
    (
        "ConflictsAreWritten",
        &rules::SESSION_1,
        "a conflict is logged, and the answer is yes",
        conflicts_are_written,
    ),
    (
        "ConflictsAreOverwritten",
        &rules::SESSION_2,
        "the ORM reloads on a conflict and saves again",
        conflicts_are_overwritten,
    ),
    ("DeletesAreForgotten", &rules::SESSION_6, "the delete goes to a queue", deletes_are_forgotten),
    ("TouchesAreGone", &rules::SESSION_7, "the touch of an index that was never written", touches_are_gone),
    (
        "DeletesAreAlwaysDone",
        &rules::SESSION_9,
        "DEL, and whatever it answers is yes",
        deletes_are_always_done,
    ),
    (
        "DeletesMeetNoConflict",
        &rules::SESSION_10,
        "DEL, even if another request wrote in between",
        deletes_meet_no_conflict,
    ),
];

fn conflicts_are_written(front: &Front, call: Call<'_>) -> Answered {
    Ok(match front.ask(call)? {
        Answer::Commit(CommitOutcome::Conflict(_)) => Answer::Commit(CommitOutcome::Written),
        answer => answer,
    })
}

fn conflicts_are_overwritten(front: &Front, mut call: Call<'_>) -> Answered {
    let answer = front.ask(call)?;
    if let (Call::Commit { expected, .. }, Answer::Commit(CommitOutcome::Conflict(live))) =
        (&mut call, &answer)
    {
        *expected = live.revision;
        return front.ask(call);
    }
    Ok(answer)
}

fn deletes_are_forgotten(front: &Front, call: Call<'_>) -> Answered {
    match call {
        Call::Delete { .. } => Ok(Answer::Delete(DeleteOutcome::Deleted)),
        Call::Create { .. } => match front.ask(call)? {
            Answer::Create(CreateOutcome::Exists) => Ok(Answer::Create(CreateOutcome::Exists)),
            answer => Ok(answer),
        },
        _ => front.ask(call),
    }
}

fn touches_are_gone(front: &Front, call: Call<'_>) -> Answered {
    match call {
        Call::Touch { .. } => Ok(Answer::Touch(TouchOutcome::Gone)),
        _ => front.ask(call),
    }
}

fn deletes_are_always_done(front: &Front, call: Call<'_>) -> Answered {
    let answer = front.ask(call)?;
    Ok(match answer {
        Answer::Delete(_) => Answer::Delete(DeleteOutcome::Deleted),
        answer => answer,
    })
}

fn deletes_meet_no_conflict(front: &Front, mut call: Call<'_>) -> Answered {
    if let Call::Delete { expected, .. } = &mut call {
        *expected = None;
    }
    front.ask(call)
}
