use session_core::store::{CommitOutcome, Store as _};

use crate::case::cases;
use crate::{
    subject::{Held, Subject, racer},
    violation::Checked,
};

cases! {
    SWEEP_1: [a_sweep_is_bounded, a_sweep_leaves_live_records_alone, two_sweepers_and_live_traffic,
        a_sweep_passes_what_it_cannot_read, sweeping_goes_on_to_the_end];
}

async fn a_sweep_is_bounded(s: Subject) -> Checked {
    let family = s.owned_family();
    for _ in 0..10 {
        s.hold(&s.key_in(family), &s.brief()).await?;
    }
    s.outlive(s.short());
    let none = s.sweep(0).await?;
    s.equal("records removed by a sweep of at most 0", &none, &0)?;
    let mut total = 0;
    for _ in 0..20 {
        let removed = s.sweep(3).await?;
        s.check(removed <= 3, || format!("a sweep of at most 3 removed {removed}"))?;
        total += removed;
    }
    if s.shared.claims.native_expiry {
        return s.equal("records removed where expiry is claimed to be native", &total, &0);
    }
    removed_all(&s, total, 10)?;
    let more = s.sweep(100).await?;
    s.equal("records removed after all had been", &more, &0)
}

/// A store may remove what has expired by itself as well, but only a count can tell so.
fn removed_all(s: &Subject, seen: u64, expired: u64) -> Checked {
    let nothing_is_left =
        s.shared.hooks.count.as_ref().is_some_and(|count| count() <= s.shared.claims.left());
    s.check(seen == expired || (seen < expired && nothing_is_left), || {
        format!("sweeping again and again removed {seen} of {expired} expired records")
    })
}

/// Many families lie in every part of a store, and what expired at any time is swept at any later one.
async fn sweeping_goes_on_to_the_end(s: Subject) -> Checked {
    const FAMILIES: u64 = 24;
    for _ in 0..3 {
        for number in 0..FAMILIES {
            let family = if number % 2 == 0 { s.key().family } else { s.owned_family() };
            s.hold(&s.key_in(family), &s.brief()).await?;
            s.hold(&s.key_in(family), &s.draft().living(s.short() * 2)).await?;
        }
        s.outlive(s.short() * 2);
        let mut total = 0;
        // Twice as often as it takes, in batches that end within families.
        for _ in 0..FAMILIES {
            total += s.sweep(5).await?;
        }
        if s.shared.claims.native_expiry {
            return s.equal("records removed where expiry is claimed to be native", &total, &0);
        }
        removed_all(&s, total, FAMILIES * 2)?;
    }
    Ok(())
}

async fn a_sweep_leaves_live_records_alone(s: Subject) -> Checked {
    let family = s.owned_family();
    let first = s.hold_many(family, 2).await?;
    for _ in 0..3 {
        s.hold(&s.key_in(family), &s.brief()).await?;
    }
    let old = s.hold(&s.key(), &s.draft()).await?;
    let (moved, left) = s.move_to(&old, &s.key_in(old.key.family), &s.draft(), Some(&s.draft())).await?;
    s.outlive(s.short());
    for _ in 0..3 {
        s.sweep(u32::MAX).await?;
    }
    for held in [moved].iter().chain(&left) {
        s.intact(held, "after a sweep").await?;
    }
    s.lists(&family, &first.iter().rev().collect::<Vec<_>>(), "after a sweep").await
}

async fn two_sweepers_and_live_traffic(s: Subject) -> Checked {
    const EXPIRED: u64 = 30;
    for _ in 0..s.pace().affords(5, 100, 1) {
        let family = s.owned_family();
        for _ in 0..EXPIRED {
            s.hold(&s.key_in(family), &s.brief()).await?;
        }
        let held = s.hold(&s.key_in(family), &s.draft()).await?;
        s.outlive(s.short());
        let held = &held;
        let sweeper = || {
            racer(move |s: Subject| async move {
                let mut removed = 0;
                for _ in 0..EXPIRED {
                    removed += s.sweep(2).await?;
                }
                Ok((removed, None))
            })
        };
        let traffic = racer(move |s: Subject| async move { Ok((0, Some(commits(&s, held).await?))) });
        let answers = s.race(vec![sweeper(), traffic, sweeper()])?;
        let removed: u64 = answers.iter().map(|(removed, _)| removed).sum();
        s.check(removed <= EXPIRED, || {
            format!("two sweepers together counted {removed} of {EXPIRED} expired records")
        })?;
        for last in answers.iter().filter_map(|(_, last)| last.as_ref()) {
            s.lists(&family, &[last], "after two sweepers and 50 commits").await?;
        }
    }
    Ok(())
}

async fn commits(s: &Subject, held: &Held) -> Checked<Held> {
    let mut held = held.clone();
    for _ in 0..50 {
        held = s.rewrite(&held, &s.draft()).await?;
        let unwanted = s.commit(&s.key(), held.revision, &s.draft()).await?;
        s.answers("commit", "on a key that never was, beside sweepers", &unwanted, &CommitOutcome::Gone)?;
    }
    Ok(held)
}

/// Unreadable records must not end the sweeping, wherever they lie, and must not be removed before their deadline.
async fn a_sweep_passes_what_it_cannot_read(s: Subject) -> Checked {
    const FAMILIES: u64 = 12;
    let mut live = Vec::new();
    for number in 0..FAMILIES {
        let family = if number % 2 == 0 { s.key().family } else { s.owned_family() };
        // Unreadable ones come first and last by creation, and in every family.
        for draft in [s.draft(), s.brief()] {
            let broken = s.hold(&s.key_in(family), &draft).await?;
            s.corrupt(&broken.key)?;
            live.extend((draft.ttl == Subject::LONG).then_some(broken.key));
        }
        s.hold(&s.key_in(family), &s.draft().living(s.short() * 2)).await?;
        let broken = s.hold(&s.key_in(family), &s.brief()).await?;
        s.corrupt(&broken.key)?;
    }
    s.outlive(s.short() * 2);
    let mut total = 0;
    for _ in 0..FAMILIES * 2 {
        total += s.sweep(3).await?;
    }
    // What is unreadable and has expired may go or stay.
    let removed = (FAMILIES..=FAMILIES * 3).contains(&total);
    s.check(removed || s.shared.claims.native_expiry, || {
        format!(
            "sweeping removed {total} records, where {FAMILIES} expired ones can be read, and others cannot"
        )
    })?;
    for key in &live {
        let answer = s.store.load(key).await;
        s.check(!matches!(answer, Ok(None)), || {
            "a sweep removed a record that it could not read, before its deadline".to_owned()
        })?;
    }
    Ok(())
}
