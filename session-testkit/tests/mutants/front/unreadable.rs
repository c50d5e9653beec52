//! Defects around a record that cannot be read.

use session_core::store::{Answer, Applied, Call, DeleteOutcome, StoreError, StoreErrorKind};
use session_testkit::rules;

use super::{Answered, Front, Row};

pub(super) const ALL: &[Row] = &[
    ("UnreadableIsOther", &rules::FAULT_4, "the error of the decoder, as it is", unreadable_is_other),
    ("UnreadableStays", &rules::FAULT_4, "a delete reads first, and fails", unreadable_stays),
    (
        "UnreadableSurvivesARevoke",
        &rules::FAULT_4,
        "a revoke decodes each record",
        unreadable_survives_a_revoke,
    ),
    ("UnreadableIsAFreeTarget", &rules::FAULT_4, "garbage is overwritten", unreadable_is_a_free_target),
    (
        "UnreadableIsDeletedUnseen",
        &rules::FAULT_4,
        "what has no revision conflicts with none",
        unreadable_is_deleted_unseen,
    ),
];

fn unreadable_is_other(front: &Front, call: Call<'_>) -> Answered {
    front.ask(call).map_err(|error| match error.kind() {
        StoreErrorKind::Undecodable => StoreError::new(StoreErrorKind::Other, Applied::No),
        _ => error,
    })
}

fn unreadable_stays(front: &Front, call: Call<'_>) -> Answered {
    if let Call::Delete { key, .. } = call {
        front.ask(Call::Load { key })?;
    }
    front.ask(call)
}

fn unreadable_survives_a_revoke(front: &Front, call: Call<'_>) -> Answered {
    if let Call::Revoke { family, .. } = call
        && let Some(spared) = front.store.take_broken(&family)
    {
        let answer = front.ask(call);
        front.store.put_back(spared);
        return answer;
    }
    front.ask(call)
}

fn unreadable_is_a_free_target(front: &Front, call: Call<'_>) -> Answered {
    if let Call::Rotate { to, .. } = call
        && front.store.is_broken(&to)
    {
        front.ask(Call::Delete { key: to, expected: None, tombstone: None })?;
    }
    front.ask(call)
}

fn unreadable_is_deleted_unseen(front: &Front, call: Call<'_>) -> Answered {
    if let Call::Delete { key, .. } = call
        && front.store.is_broken(&key)
    {
        front.ask(Call::Delete { key, expected: None, tombstone: None })?;
        return Ok(Answer::Delete(DeleteOutcome::Deleted));
    }
    front.ask(call)
}
