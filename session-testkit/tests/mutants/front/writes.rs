//! Defects of commits, touches and deletes.

use std::time::Duration;

use session_core::store::{
    Answer, Call, CommitOutcome, CreateOutcome, Revision, RotateOutcome, TouchOutcome,
};
use session_testkit::rules;

use super::{Answered, Front, Row};

pub(super) const ALL: &[Row] = &[
    (
        "EvictedCommit",
        &rules::COMMIT_2,
        "an eviction clears the index, and not what a late write finds",
        evicted_commit,
    ),
    ("CommitMergesBlindly", &rules::COMMIT_4, "the ORM reloads on a conflict and saves again", commit_merges),
    (
        "CommitComparesItsCache",
        &rules::COMMIT_4,
        "the version is compared with the one that was read",
        commit_compares_its_cache,
    ),
    (
        "EqualPayloadIsSkipped",
        &rules::COMMIT_5,
        "nothing changed, so nothing is saved",
        equal_payload_is_skipped,
    ),
    (
        "CommitClearsTheDeadline",
        &rules::TTL_1,
        "SET without EX removes the time to live",
        commit_clears_the_deadline,
    ),
    (
        "CommitGoesByItsBytes",
        &rules::COMMIT_7,
        "UPDATE … WHERE data = ?, and the revision is forgotten",
        commit_goes_by_its_bytes,
    ),
    (
        "CommitNeedsItsBytes",
        &rules::COMMIT_7,
        "SET … IFEQ, and whatever differs is a conflict",
        commit_needs_its_bytes,
    ),
    ("TouchLies", &rules::TOUCH_3, "UPDATE, and nobody counts the rows", touch_lies),
    ("TouchComparesInPart", &rules::TOUCH_3, "the revision is kept as 8 bytes", touch_compares_in_part),
    ("DeleteComparesInPart", &rules::DELETE_2, "the revision is kept as 8 bytes", delete_compares_in_part),
    ("TrashIsRestored", &rules::DELETE_1, "a trash from which a late write restores", trash_is_restored),
];

fn evicted_commit(front: &Front, call: Call<'_>) -> Answered {
    let answer = front.ask(call)?;
    let mut notes = front.notes.lock().unwrap();
    match (call, &answer) {
        (Call::Create { key, .. }, Answer::Create(CreateOutcome::Created { evicted })) => {
            for digest in evicted {
                notes.revoked.insert(*digest);
            }
            notes.cache.extend(front.found(key).map(|stored| (key, stored)));
        }
        (Call::Commit { key, .. }, Answer::Commit(CommitOutcome::Gone))
            if notes.revoked.contains(&key.digest) =>
        {
            let Some(stored) = notes.cache.remove(&key) else { return Ok(answer) };
            return Ok(Answer::Commit(CommitOutcome::Conflict(stored)));
        }
        _ => {}
    }
    Ok(answer)
}

fn commit_merges(front: &Front, mut call: Call<'_>) -> Answered {
    let answer = front.ask(call)?;
    if let (Call::Commit { expected, .. }, Answer::Commit(CommitOutcome::Conflict(live))) =
        (&mut call, &answer)
    {
        *expected = live.revision;
        return front.ask(call);
    }
    Ok(answer)
}

fn commit_compares_its_cache(front: &Front, mut call: Call<'_>) -> Answered {
    if let Call::Commit { key, expected, write, .. } = &mut call {
        let cached = front.found(*key);
        front.store.gap();
        if let (Some(cached), Some(now)) = (cached, front.found(*key))
            && cached.revision == *expected
            && now.revision != write.next
        {
            *expected = now.revision;
        }
    }
    front.ask(call)
}

fn equal_payload_is_skipped(front: &Front, call: Call<'_>) -> Answered {
    if let Call::Commit { key, expected, write, .. } = call
        && front.found(key).is_some_and(|live| live.revision == expected && live.data == write.data)
    {
        return Ok(Answer::Commit(CommitOutcome::Written));
    }
    front.ask(call)
}

fn commit_clears_the_deadline(front: &Front, mut call: Call<'_>) -> Answered {
    if let Call::Commit { write, .. } = &mut call {
        write.ttl = Duration::MAX;
    }
    front.ask(call)
}

fn commit_goes_by_its_bytes(front: &Front, mut call: Call<'_>) -> Answered {
    if let Call::Commit { key, expected, replaced: Some(replaced), .. } = &mut call
        && let Some(live) = front.found(*key).filter(|live| live.data == *replaced)
    {
        *expected = live.revision;
    }
    front.ask(call)
}

fn commit_needs_its_bytes(front: &Front, call: Call<'_>) -> Answered {
    if let Call::Commit { key, expected, replaced: Some(replaced), .. } = call
        && let Some(live) = front.found(key)
        && live.revision == expected
        && live.data != replaced
    {
        return Ok(Answer::Commit(CommitOutcome::Conflict(live)));
    }
    front.ask(call)
}

fn touch_lies(front: &Front, call: Call<'_>) -> Answered {
    Ok(match front.ask(call)? {
        Answer::Touch(TouchOutcome::Gone) => Answer::Touch(TouchOutcome::Touched),
        answer => answer,
    })
}

fn same_half(one: Revision, other: Revision) -> bool {
    one.as_bytes()[..8] == other.as_bytes()[..8]
}

fn touch_compares_in_part(front: &Front, mut call: Call<'_>) -> Answered {
    if let Call::Touch { key, expected, .. } = &mut call
        && let Some(live) = front.found(*key).filter(|live| same_half(live.revision, *expected))
    {
        *expected = live.revision;
    }
    front.ask(call)
}

fn delete_compares_in_part(front: &Front, mut call: Call<'_>) -> Answered {
    if let Call::Delete { key, expected: Some(expected), .. } = &mut call
        && let Some(live) = front.found(*key).filter(|live| same_half(live.revision, *expected))
    {
        *expected = live.revision;
    }
    front.ask(call)
}

fn trash_is_restored(front: &Front, call: Call<'_>) -> Answered {
    if let Call::Rotate { from, expected, to, write, .. } = call
        && front.found(from).is_none()
        && front.notes.lock().unwrap().trash.get(&from).is_some_and(|old| old.revision == expected)
    {
        front.ask(Call::Create { key: to, write, cap: None })?;
        return Ok(Answer::Rotate(RotateOutcome::Written));
    }
    front.ask(call)
}
