//! Defects of rotations and tombstones.

use std::time::Duration;

use session_core::store::{
    Answer, Applied, Call, DeleteOutcome, RotateOutcome, StoreError, StoreErrorKind, Write,
};
use session_testkit::rules;

use super::{Answered, Front, Row};

pub(super) const ALL: &[Row] = &[
    ("LateDeletesTakeTombstones", &rules::ROTATE_2, "DEL of the key that the request knew", late_deletes),
    ("LateBurialsTakeTombstones", &rules::ROTATE_2, "the sign-out leaves its tombstone on top", late_burials),
    (
        "LostAtATakenTarget",
        &rules::ROTATE_3,
        "DEL of the old key, then SET NX of the new",
        lost_at_a_taken_target,
    ),
    ("BuriedTargetsAreFree", &rules::ROTATE_3, "a tombstone counts as a free key", buried_targets),
    ("TombstonesLiveADay", &rules::ROTATE_5, "the table's own time to live", tombstones_live_a_day),
    ("RotateComparesInPart", &rules::ROTATE_7, "the revision is kept as 8 bytes", compares_in_part),
    ("MistakesAreGone", &rules::ROTATE_8, "nothing is there, so nobody asks where to", mistakes_are_gone),
    (
        "MistakesAreApplied",
        &rules::ROTATE_8,
        "an assertion that does not say what was done",
        mistakes_are_applied,
    ),
    (
        "EvictionForgetsTombstones",
        &rules::ROTATE_5,
        "room is made by dropping what is no session",
        eviction_forgets,
    ),
];

fn late_deletes(front: &Front, mut call: Call<'_>) -> Answered {
    if let Call::Delete { key, expected, tombstone: None } = &mut call
        && front.store.is_tombstone(key)
    {
        *expected = None;
    }
    front.ask(call)
}

fn late_burials(front: &Front, mut call: Call<'_>) -> Answered {
    if let Call::Delete { key, expected, tombstone: Some(_) } = &mut call
        && front.store.is_tombstone(key)
    {
        *expected = None;
    }
    front.ask(call)
}

fn lost_at_a_taken_target(front: &Front, call: Call<'_>) -> Answered {
    let answer = front.ask(call)?;
    if let (Call::Rotate { from, .. }, Answer::Rotate(RotateOutcome::Exists)) = (call, &answer) {
        front.ask(Call::Delete { key: from, expected: None, tombstone: None })?;
    }
    Ok(answer)
}

fn buried_targets(front: &Front, call: Call<'_>) -> Answered {
    if let Call::Rotate { to, .. } = call
        && front.store.is_tombstone(&to)
        && front.ask(call)? == Answer::Rotate(RotateOutcome::Exists)
    {
        front.ask(Call::Delete { key: to, expected: None, tombstone: None })?;
    }
    front.ask(call)
}

fn tombstones_live_a_day(front: &Front, mut call: Call<'_>) -> Answered {
    if let Call::Rotate { tombstone: Some(Write { ttl, .. }), .. } = &mut call {
        *ttl = (*ttl).max(Duration::from_hours(24));
    }
    front.ask(call)
}

fn compares_in_part(front: &Front, mut call: Call<'_>) -> Answered {
    if let Call::Rotate { from, expected, .. } = &mut call
        && let Some(live) = front.found(*from)
        && live.revision.as_bytes()[..8] == expected.as_bytes()[..8]
    {
        *expected = live.revision;
    }
    front.ask(call)
}

fn mistakes_are_gone(front: &Front, call: Call<'_>) -> Answered {
    if let Call::Rotate { from, .. } = call
        && front.found(from).is_none()
    {
        return Ok(Answer::Rotate(RotateOutcome::Gone));
    }
    front.ask(call)
}

fn mistakes_are_applied(front: &Front, call: Call<'_>) -> Answered {
    front.ask(call).map_err(|error| match error.kind() {
        StoreErrorKind::Other => StoreError::new(StoreErrorKind::Other, Applied::Unknown),
        _ => error,
    })
}

fn eviction_forgets(front: &Front, call: Call<'_>) -> Answered {
    if let Call::Create { key, cap: Some(_), .. } = call {
        for tombstone in front.store.tombstones(&key.family) {
            let answer = front.ask(Call::Delete { key: tombstone, expected: None, tombstone: None })?;
            assert_eq!(answer, Answer::Delete(DeleteOutcome::Deleted));
        }
    }
    front.ask(call)
}
