//! Defects of lists, pages, caps and revokes.

use std::num::NonZeroU32;

use session_core::{
    id::{Digest, Family},
    store::{Answer, Call, CreateOutcome, Cursor, Listed, Page, Stored},
};
use session_testkit::rules;

use super::{Answered, Front, Row};

pub(super) const ALL: &[Row] = &[
    ("PagesSkipTies", &rules::FAMILY_6, "created_at < ?, where several rows have the same", pages_skip_ties),
    ("CursorsAreSigned", &rules::FAMILY_6, "the position in a BIGINT", cursors_are_signed),
    (
        "PagesLoseOne",
        &rules::FAMILY_6,
        "LIMIT n + 1, and the next page begins behind the row too many",
        pages_lose_one,
    ),
    (
        "ListsCacheTheirLength",
        &rules::FAMILY_1,
        "a materialized view, refreshed with every create",
        list_is_cached,
    ),
    ("EvictionIsSilent", &rules::FAMILY_3, "the rows go, and nobody is told which", eviction_is_silent),
    ("CapAfterwards", &rules::FAMILY_3, "a job trims the list once in a while", cap_is_lenient),
    (
        "RevokeKeepsWithItsIndex",
        &rules::FAMILY_2,
        "whatever the index does not know is ended",
        revoke_ends_unlisted,
    ),
    (
        "RevokedKeysAreTaken",
        &rules::FAMILY_2,
        "the old row is dead, and still in the way",
        revoked_keys_are_taken,
    ),
    ("RevokeCountsWhatItKeeps", &rules::FAMILY_5, "the length of the index", revoke_counts_what_it_keeps),
];

/// The whole list with the moments of creation as positions, newest first.
fn by_time(front: &Front, family: Family) -> Vec<(Cursor, Stored)> {
    let all = Call::List { family, page: Page::first(NonZeroU32::MAX) };
    let Ok(Answer::List(Listed { sessions, .. })) = front.ask(all) else { return Vec::new() };
    let notes = front.notes.lock().unwrap();
    let born = |digest: &Digest| notes.born.get(digest).map_or(0, |born| born.as_millis() as u64 + 1);
    let mut sessions: Vec<_> = sessions
        .into_iter()
        .map(|(digest, stored)| (Cursor { position: born(&digest), digest }, stored))
        .collect();
    sessions.sort_by_key(|(cursor, _)| std::cmp::Reverse(*cursor));
    sessions
}

fn cut(page: Page, sessions: Vec<(Cursor, Stored)>) -> Answered {
    let (sessions, next) = page.cut(sessions);
    Ok(Answer::List(Listed { sessions, next }))
}

fn pages_skip_ties(front: &Front, call: Call<'_>) -> Answered {
    let Call::List { family, page } = call else { return front.ask(call) };
    let mut sessions = by_time(front, family);
    sessions.retain(|(cursor, _)| page.after.is_none_or(|after| cursor.position < after.position));
    cut(page, sessions)
}

fn cursors_are_signed(front: &Front, mut call: Call<'_>) -> Answered {
    if let Call::List { page: Page { after: Some(after), .. }, .. } = &mut call
        && i64::try_from(after.position).is_err()
    {
        after.position = 0;
    }
    front.ask(call)
}

fn pages_lose_one(front: &Front, call: Call<'_>) -> Answered {
    let Call::List { family, page } = call else { return front.ask(call) };
    let (_, next) = Page { limit: page.limit.saturating_add(1), ..page }.cut(by_time(front, family));
    let Answer::List(listed) = cut(page, by_time(front, family))? else { unreachable!() };
    Ok(Answer::List(Listed { next, ..listed }))
}

fn list_is_cached(front: &Front, call: Call<'_>) -> Answered {
    let Call::List { family, page } = call else { return front.ask(call) };
    let answer = front.ask(call)?;
    let mut notes = front.notes.lock().unwrap();
    let known = notes.lists.entry((family, page.after.is_none())).or_insert_with(|| answer.clone());
    if let (Answer::List(before), Answer::List(now)) = (&*known, &answer)
        && before.sessions.len() <= now.sessions.len()
    {
        *known = answer;
    }
    Ok(known.clone())
}

fn eviction_is_silent(front: &Front, call: Call<'_>) -> Answered {
    Ok(match front.ask(call)? {
        Answer::Create(CreateOutcome::Created { .. }) => {
            Answer::Create(CreateOutcome::Created { evicted: Vec::new() })
        }
        answer => answer,
    })
}

fn cap_is_lenient(front: &Front, mut call: Call<'_>) -> Answered {
    if let Call::Create { cap: Some(cap), .. } = &mut call {
        cap.max = cap.max.saturating_add(1);
    }
    front.ask(call)
}

fn revoke_ends_unlisted(front: &Front, mut call: Call<'_>) -> Answered {
    if let Call::Revoke { family, keep } = &mut call
        && front.store.lost_its_index(family)
    {
        *keep = None;
    }
    front.ask(call)
}

fn revoked_keys_are_taken(front: &Front, call: Call<'_>) -> Answered {
    if let Call::Revoke { family, .. } = call {
        let ended = by_time(front, family).into_iter().map(|(cursor, _)| cursor.digest);
        front.notes.lock().unwrap().revoked.extend(ended);
    }
    if let Call::Create { key, .. } = call
        && front.notes.lock().unwrap().revoked.contains(&key.digest)
    {
        return Ok(Answer::Create(CreateOutcome::Exists));
    }
    front.ask(call)
}

fn revoke_counts_what_it_keeps(front: &Front, call: Call<'_>) -> Answered {
    Ok(match (call, front.ask(call)?) {
        (Call::Revoke { keep: Some(_), .. }, Answer::Revoke(count)) => Answer::Revoke(count + 1),
        (_, answer) => answer,
    })
}
