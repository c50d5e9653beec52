use std::{
    thread,
    time::{Duration, Instant},
};

use session_core::{id::Family, store::OnFull};

use crate::case::cases;
use crate::{
    Means,
    limits::{GRACE, GROWTH, MOST_GONE},
    subject::{Held, Subject},
    violation::{Checked, Flaw},
};

cases! {
    SWEEP_2: [nothing_is_left_of_what_has_expired, nothing_is_left_of_what_was_ended,
        a_family_that_lives_on_does_not_grow];
}

/// Long enough for every wait that it is renewed after.
const LIFE: Duration = Duration::from_hours(24 * 300);

async fn nothing_is_left_of_what_has_expired(s: Subject) -> Checked {
    let before = counted(&s)?;
    let mut began = s.now();
    for family in families(&s) {
        for _ in 0..3 {
            s.hold(&s.key_in(family), &s.brief()).await?;
        }
        let moved = s.hold(&s.key_in(family), &s.draft()).await?;
        s.move_to(&moved, &s.key_in(family), &s.brief(), Some(&s.brief())).await?;
        let ended = s.hold(&s.key_in(family), &s.draft()).await?;
        s.end_leaving(&ended, None, &s.brief()).await?;
        let written = s.hold(&s.key_in(family), &s.draft()).await?;
        began = s.now();
        s.rewrite(&written, &s.brief()).await?;
    }
    let most = counted(&s)?;
    if most <= before {
        // By now even the last of them may have expired, and be gone by itself.
        s.in_time(began, s.short())?;
    }
    s.check(most > before, || format!("{most} things were counted after creates, and {before} before"))?;
    is_clean(&s, "after everything has expired").await
}

async fn nothing_is_left_of_what_was_ended(s: Subject) -> Checked {
    counted(&s)?;
    for family in families(&s) {
        let ended = s.hold(&s.key_in(family), &s.draft()).await?;
        s.end(&ended.key, None).await?;
        s.hold(&s.key_in(family), &s.brief()).await?;
        let cap = Subject::cap(2, OnFull::EvictOldest);
        for _ in 0..3 {
            s.hold_capped(&s.key_in(family), &s.brief(), cap).await?;
        }
        let moved = s.hold(&s.key_in(family), &s.brief()).await?;
        s.move_to(&moved, &s.key_in(family), &s.brief(), None).await?;
        s.revoke(&family, Some(&moved.key.digest)).await?;
        s.revoke(&family, None).await?;
    }
    is_clean(&s, "after everything has ended").await
}

/// One session is used for ever, and beside it others come and go in every way.
async fn a_family_that_lives_on_does_not_grow(s: Subject) -> Checked {
    counted(&s)?;
    let start = Instant::now();
    for family in [s.key().family, s.owned_family()] {
        let mut held = s.hold(&s.key_in(family), &s.draft().living(LIFE)).await?;
        let mut first = None;
        let mut gone = 0;
        // Three turns show a growth; more show it where things go in batches.
        while first.is_none() || gone < 30 || (gone < MOST_GONE && start.elapsed() < GROWTH) {
            for _ in 0..if s.shared.time.is_real() { 2 } else { s.pace().affords(20, 5, 2) } {
                come_and_go(&s, family, &held).await?;
                gone += 5;
            }
            held = s.extend(&held, LIFE).await?;
            wait(&s, Some(&mut held)).await?;
            swept(&s).await?;
            let most = *first.get_or_insert(counted(&s)?);
            let seen = settled(&s, most)?;
            s.check(seen <= most, || {
                format!("{seen} things are there after {gone} sessions have come and gone beside one that lives, and {most} were at first")
            })?;
        }
    }
    Ok(())
}

/// A session expires, one is deleted, one is rotated, one leaves a tombstone, and one is evicted.
async fn come_and_go(s: &Subject, family: Family, kept: &Held) -> Checked {
    s.hold(&s.key_in(family), &s.brief()).await?;
    let ended = s.hold(&s.key_in(family), &s.draft()).await?;
    s.end(&ended.key, None).await?;
    let moved = s.hold(&s.key_in(family), &s.draft()).await?;
    s.move_to(&moved, &s.key_in(family), &s.brief(), Some(&s.brief())).await?;
    let buried = s.hold(&s.key_in(family), &s.draft()).await?;
    s.end_leaving(&buried, None, &s.brief()).await?;
    let others = s.hold(&s.key_in(family), &s.brief()).await?;
    if family.is_owned() {
        s.revoke(&family, Some(&kept.key.digest)).await?;
        s.absent(&others.key, "after all but one session were ended").await?;
    }
    Ok(())
}

/// Several families, so that they lie in several parts of a store that has parts.
fn families(s: &Subject) -> Vec<Family> {
    (0..6).flat_map(|_| [s.key().family, s.owned_family()]).collect()
}

fn counted(s: &Subject) -> Checked<u64> {
    let count = s.shared.hooks.count.as_ref().map(|count| count());
    let otherwise = "the fixture does not count what is there (`Opened::with_count`)";
    count.ok_or_else(|| s.shared.claims.lacking(Means::Count, otherwise))
}

async fn is_clean(s: &Subject, when: &str) -> Checked {
    wait(s, None).await?;
    swept(s).await?;
    let most = s.shared.claims.left();
    let seen = settled(s, most)?;
    s.check(seen <= most, || {
        format!(
            "{when} and was swept, {seen} things are there, and at most {most} are claimed{}",
            s.shared.claims.why_left()
        )
    })
}

/// Waits until nothing brief may be there any more, and keeps a session alive meanwhile.
async fn wait(s: &Subject, mut kept: Option<&mut Held>) -> Checked {
    let mut grace = s.shared.claims.grace();
    if s.shared.time.is_real() && grace > GRACE {
        return Err(Flaw::Unable(format!(
            "what has expired may lie there for {grace:?}, and the clock of the store cannot be moved"
        )));
    }
    s.outlive(s.short());
    // Where time is real, `settled` waits, and no longer than it must.
    while !s.shared.time.is_real() && !grace.is_zero() {
        let part = grace.min(LIFE / 2);
        s.pass(part);
        grace -= part;
        if let Some(held) = kept.as_deref_mut() {
            *held = s.extend(held, LIFE).await?;
        }
    }
    Ok(())
}

/// Sweeps in parts, as applications do, until nothing goes.
async fn swept(s: &Subject) -> Checked {
    for _ in 0..10_000 {
        if s.sweep(50).await? == 0 {
            break;
        }
    }
    Ok(())
}

/// The count as soon as it is at most this, or after the grace.
fn settled(s: &Subject, most: u64) -> Checked<u64> {
    let began = Instant::now();
    // A store that expires records by itself does so in real time, even if its clock is moved.
    let patience =
        if s.shared.claims.native_expiry { s.shared.claims.grace().min(GRACE) } else { Duration::ZERO };
    loop {
        let seen = counted(s)?;
        if seen <= most || began.elapsed() >= patience {
            return Ok(seen);
        }
        thread::sleep(Duration::from_millis(5));
    }
}
