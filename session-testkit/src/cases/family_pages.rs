use std::num::NonZeroU32;

use session_core::{
    id::{Digest, StoreKey},
    store::{Cursor, Page, Stored},
};

use crate::case::cases;
use crate::{
    subject::{Held, Subject},
    violation::Checked,
};

cases! {
    FAMILY_6: [pages_of_any_size_are_the_list, a_page_goes_on_behind_a_session_that_ended,
        a_page_goes_on_behind_a_session_that_was_rotated, a_new_session_shifts_no_page,
        what_has_expired_ends_no_list, sessions_of_one_tick_are_each_on_one_page, the_families_beside_it_are_on_no_page,
        a_page_begins_behind_any_cursor];
}

async fn pages_of_any_size_are_the_list(s: Subject) -> Checked {
    let family = s.owned_family();
    let sessions = s.hold_many(family, 7).await?;
    for size in [1, 2, 3, 6, 7, 8, u32::MAX] {
        let seen = digests(&s.list_by(&family, limit(size)).await?);
        s.equal(&format!("seven sessions in pages of {size}"), &seen, &newest_first(&sessions))?;
    }
    let page = s.list_page(&family, Page::first(limit(8))).await?;
    s.equal("what follows a page with room left", &page.next, &None)
}

async fn a_page_goes_on_behind_a_session_that_ended(s: Subject) -> Checked {
    for size in [2, 3] {
        let family = s.owned_family();
        let mut sessions = s.hold_many(family, 6).await?;
        let (page, next) = first(&s, &sessions, size).await?;
        sessions.truncate(6 - page.len());
        if let Some(digest) = page.last() {
            s.end(&StoreKey { family, digest: *digest }, None).await?;
        }
        let seen = rest(&s, &sessions, next, size).await?;
        s.equal("the pages after one whose last session ended", &seen, &newest_first(&sessions))?;
    }
    Ok(())
}

async fn a_page_goes_on_behind_a_session_that_was_rotated(s: Subject) -> Checked {
    for tombstone in [None, Some(s.draft())] {
        let family = s.owned_family();
        let mut sessions = s.hold_many(family, 5).await?;
        let (_, next) = first(&s, &sessions, 2).await?;
        let Some(last) = sessions.get(3) else { return Ok(()) };
        let (moved, _) = s.move_to(last, &s.key_in(family), &s.draft(), tombstone.as_ref()).await?;
        sessions.truncate(3);
        let mut seen = rest(&s, &sessions, next, 2).await?;
        // A session as old as the cursor may come before or after it.
        seen.retain(|digest| *digest != moved.key.digest);
        s.equal("the pages after one whose last was rotated", &seen, &newest_first(&sessions))?;
    }
    Ok(())
}

async fn a_new_session_shifts_no_page(s: Subject) -> Checked {
    let family = s.owned_family();
    let mut sessions = s.hold_many(family, 5).await?;
    let (_, next) = first(&s, &sessions, 2).await?;
    s.hold(&s.key_in(family), &s.draft()).await?;
    sessions.truncate(3);
    let seen = rest(&s, &sessions, next, 2).await?;
    s.equal("the pages after one that was followed by a create", &seen, &newest_first(&sessions))
}

async fn sessions_of_one_tick_are_each_on_one_page(s: Subject) -> Checked {
    let family = s.owned_family();
    for _ in 0..7 {
        s.hold(&s.key_in(family), &s.draft()).await?;
    }
    let whole = digests(&s.list(&family).await?);
    s.equal("seven sessions of one tick that are listed", &whole.len(), &7)?;
    for size in [1, 2, 3] {
        let seen = digests(&s.list_by(&family, limit(size)).await?);
        s.equal(&format!("seven sessions of one tick in pages of {size}"), &seen, &whole)?;
    }
    Ok(())
}

async fn what_has_expired_ends_no_list(s: Subject) -> Checked {
    let family = s.owned_family();
    let mut sessions = Vec::new();
    for _ in 0..3 {
        sessions.extend(s.hold_many(family, 1).await?);
        s.hold(&s.key_in(family), &s.brief()).await?;
        s.hold(&s.key_in(family), &s.brief()).await?;
    }
    s.outlive(s.short());
    for size in [1, 2] {
        let seen = digests(&s.list_by(&family, limit(size)).await?);
        s.equal(
            &format!("three sessions among six expired ones in pages of {size}"),
            &seen,
            &newest_first(&sessions),
        )?;
    }
    Ok(())
}

async fn the_families_beside_it_are_on_no_page(s: Subject) -> Checked {
    let (family, other) = (s.owned_family(), s.owned_family());
    let sessions = s.hold_many(family, 3).await?;
    s.hold_many(other, 3).await?;
    let (_, next) = first(&s, &sessions, 1).await?;
    let page = s.list_page(&other, Page { after: next, limit: limit(9) }).await?;
    let strangers =
        digests(&page.sessions).iter().filter(|digest| newest_first(&sessions).contains(digest)).count();
    s.equal("sessions of a family on the page of another", &strangers, &0)
}

/// A cursor comes from a link, so its position can be any number.
async fn a_page_begins_behind_any_cursor(s: Subject) -> Checked {
    let family = s.owned_family();
    let sessions = newest_first(&s.hold_many(family, 3).await?);
    let page = |position, byte| Page {
        after: Some(Cursor { position, digest: Digest::from_bytes([byte; 32]) }),
        limit: limit(9),
    };
    let all = s.list_page(&family, page(u64::MAX, 0xff)).await?;
    s.equal("the page behind the greatest cursor", &digests(&all.sessions), &sessions)?;
    let none = s.list_page(&family, page(0, 0)).await?;
    s.equal("the page behind the least cursor", &digests(&none.sessions), &Vec::new())
}

/// The first page of a family whose sessions are these, oldest first.
async fn first(s: &Subject, sessions: &[Held], size: u32) -> Checked<(Vec<Digest>, Option<Cursor>)> {
    let Some(held) = sessions.first() else { return Ok((Vec::new(), None)) };
    let page = s.list_page(&held.key.family, Page::first(limit(size))).await?;
    let seen = digests(&page.sessions);
    let wanted: Vec<Digest> = newest_first(sessions).into_iter().take(seen.len().max(1)).collect();
    s.equal("the first page", &seen, &wanted)?;
    s.check(page.next.is_some(), || "a first page is said to be the last, though it is not".to_owned())?;
    Ok((seen, page.next))
}

async fn rest(s: &Subject, left: &[Held], next: Option<Cursor>, size: u32) -> Checked<Vec<Digest>> {
    let (mut seen, mut page) = (Vec::new(), Page { after: next, limit: limit(size) });
    let Some(held) = left.first() else { return Ok(seen) };
    // The number of pages is limited, so that an endless list cannot hang the case.
    for _ in 0..=left.len() * 2 {
        let part = s.list_page(&held.key.family, page).await?;
        seen.extend(digests(&part.sessions));
        page.after = part.next;
        if part.next.is_none() {
            break;
        }
    }
    Ok(seen)
}

fn newest_first(sessions: &[Held]) -> Vec<Digest> {
    sessions.iter().rev().map(|held| held.key.digest).collect()
}

fn digests(sessions: &[(Digest, Stored)]) -> Vec<Digest> {
    sessions.iter().map(|(digest, _)| *digest).collect()
}

fn limit(size: u32) -> NonZeroU32 {
    NonZeroU32::new(size).unwrap_or(NonZeroU32::MIN)
}
