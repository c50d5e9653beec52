//! Defects of creating and loading.

use std::{num::NonZeroU32, time::Duration};

use session_core::store::{
    Answer, Applied, Call, CommitOutcome, CreateOutcome, Page, Revision, StoreError, StoreErrorKind, Write,
};
use session_testkit::rules;

use super::{Answered, Front, Row};

pub(super) const ALL: &[Row] = &[
    ("ExistingIsFull", &rules::CREATE_1, "the cap is looked at before the key", existing_is_full),
    ("LosersAreTold", &rules::CREATE_3, "INSERT IGNORE, and nobody counts the rows", losers_are_told),
    ("LosersFail", &rules::CREATE_3, "\"database is locked\", where a moment later it is not", losers_fail),
    ("LoadCounts", &rules::LOAD_4, "a hook that writes `last_seen`, and the version with it", load_counts),
    ("LoadExtendsTombstones", &rules::DELETE_3, "GETEX, on whatever is there", load_extends_tombstones),
    ("ConflictsAreCut", &rules::LOAD_3, "the conflict comes from a column of 255 bytes", conflicts_are_cut),
    ("ExpiredConflicts", &rules::COMMIT_2, "SELECT revision, whatever the deadline says", expired_conflicts),
];

fn existing_is_full(front: &Front, call: Call<'_>) -> Answered {
    if let Call::Create { key, write, cap: Some(cap) } = call
        && front.found(key).is_some_and(|stored| stored.revision != write.next)
    {
        let page = Page::first(NonZeroU32::MAX);
        let Answer::List(listed) = front.ask(Call::List { family: key.family, page })? else {
            unreachable!()
        };
        if listed.sessions.len() >= cap.max.get() as usize {
            return Ok(Answer::Create(CreateOutcome::Full));
        }
    }
    front.ask(call)
}

fn losers_are_told(front: &Front, call: Call<'_>) -> Answered {
    let answer = front.ask(call)?;
    Ok(match (call, answer) {
        (Call::Create { .. }, Answer::Create(CreateOutcome::Exists)) => {
            Answer::Create(CreateOutcome::Created { evicted: Vec::new() })
        }
        (_, answer) => answer,
    })
}

fn losers_fail(front: &Front, call: Call<'_>) -> Answered {
    let answer = front.ask(call)?;
    if answer == Answer::Create(CreateOutcome::Exists) {
        return Err(StoreError::new(StoreErrorKind::Overloaded, Applied::No));
    }
    Ok(answer)
}

fn load_counts(front: &Front, call: Call<'_>) -> Answered {
    let answer = front.ask(call)?;
    if let (Call::Load { key }, Answer::Load(Some(stored))) = (call, &answer) {
        let mut next = *stored.revision.as_bytes();
        next[15] = next[15].wrapping_add(1);
        let next = Revision::from_bytes(next);
        let write = Write { next, data: &stored.data, ttl: stored.remaining };
        front.ask(Call::Commit { key, expected: stored.revision, replaced: None, write })?;
    }
    Ok(answer)
}

fn load_extends_tombstones(front: &Front, call: Call<'_>) -> Answered {
    if let Call::Load { key } = call
        && let Some(stored) = front.found(key)
        && front.store.is_tombstone(&key)
    {
        let ttl = stored.remaining.max(Duration::from_secs(60));
        front.ask(Call::Touch { key, expected: stored.revision, ttl })?;
    }
    front.ask(call)
}

fn conflicts_are_cut(front: &Front, call: Call<'_>) -> Answered {
    Ok(match front.ask(call)? {
        Answer::Commit(CommitOutcome::Conflict(mut stored)) => {
            stored.data.truncate(255);
            Answer::Commit(CommitOutcome::Conflict(stored))
        }
        answer => answer,
    })
}

fn expired_conflicts(front: &Front, call: Call<'_>) -> Answered {
    let answer = front.ask(call)?;
    if let (Call::Commit { key, expected, .. }, Answer::Commit(CommitOutcome::Gone)) = (call, &answer)
        && let Some(stored) = front.store.expired(&key).filter(|stored| stored.revision != expected)
    {
        return Ok(Answer::Commit(CommitOutcome::Conflict(stored)));
    }
    Ok(answer)
}
