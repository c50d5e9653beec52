use std::time::Duration;

use crate::case::cases;
use crate::{
    Means,
    subject::{Held, Subject},
    violation::Checked,
};

cases! {
    TTL_1: [every_write_has_a_deadline, no_time_at_all_is_not_for_ever];
    TTL_2: [a_distant_deadline_is_kept, a_deadline_beyond_400_days_comes];
    COMMIT_6: [a_commit_sets_a_deadline_of_its_own, an_earlier_deadline_is_set_and_kept];
}

async fn every_write_has_a_deadline(s: Subject) -> Checked {
    for family in [s.key().family, s.owned_family()] {
        let created = s.hold(&s.key_in(family), &s.brief()).await?;
        let committed = s.hold(&s.key_in(family), &s.draft()).await?;
        let committed = s.rewrite(&committed, &s.brief()).await?;
        let touched = s.hold(&s.key_in(family), &s.draft()).await?;
        let touched = s.extend(&touched, s.short()).await?;
        let old = s.hold(&s.key_in(family), &s.draft()).await?;
        let (moved, left) = s.move_to(&old, &s.key_in(family), &s.brief(), Some(&s.brief())).await?;
        let all = [(created, "create"), (committed, "commit"), (touched, "touch"), (moved, "rotate")];
        let all = all.into_iter().chain(left.map(|left| (left, "the tombstone of a rotation")));
        let all: Vec<_> = all.collect();
        for (held, by) in &all {
            s.intact(held, &format!("before the deadline set by {by}")).await?;
        }
        s.outlive(s.short());
        for (held, by) in &all {
            s.absent(&held.key, &format!("after the deadline set by {by}")).await?;
        }
        s.lists(&family, &[], "after all deadlines").await?;
    }
    Ok(())
}

async fn no_time_at_all_is_not_for_ever(s: Subject) -> Checked {
    for ttl in [Duration::ZERO, Duration::from_nanos(1), Duration::from_millis(1)] {
        let family = s.owned_family();
        let mut keys = vec![s.key_in(family)];
        let asked = s.now();
        for key in &keys {
            s.hold(key, &s.draft().living(ttl)).await?;
        }
        let held = s.hold(&s.key_in(family), &s.draft()).await?;
        keys.push(s.rewrite(&held, &s.draft().living(ttl)).await?.key);
        let held = s.hold(&s.key_in(family), &s.draft()).await?;
        let (moved, left) =
            s.move_to(&held, &s.key_in(family), &s.draft().living(ttl), Some(&s.draft().living(ttl))).await?;
        keys.push(moved.key);
        keys.extend(left.map(|left| left.key));
        s.check(s.now() >= asked, || "time ran backwards".to_owned())?;
        s.outlive(ttl.max(s.resolution()));
        for key in &keys {
            s.absent(key, &format!("long after it was given {ttl:?} to live")).await?;
        }
        s.lists(&family, &[], &format!("long after all had {ttl:?} to live")).await?;
    }
    Ok(())
}

async fn a_distant_deadline_is_kept(s: Subject) -> Checked {
    for ttl in Subject::DISTANT {
        let held = s.hold(&s.key_in(s.owned_family()), &s.draft().living(ttl)).await?;
        s.intact(&held, &format!("after a create with {ttl:?} to live")).await?;
        let held = s.rewrite(&held, &s.draft().living(ttl)).await?;
        s.intact(&held, &format!("after a commit with {ttl:?} to live")).await?;
        let tombstone = s.draft().living(ttl);
        let to = s.key_in(held.key.family);
        let (moved, left) = s.move_to(&held, &to, &s.draft().living(ttl), Some(&tombstone)).await?;
        s.intact(&moved, &format!("after a rotation with {ttl:?} to live")).await?;
        if let Some(left) = left {
            s.intact(&left, &format!("the tombstone with {ttl:?} to live")).await?;
        }
    }
    Ok(())
}

async fn a_commit_sets_a_deadline_of_its_own(s: Subject) -> Checked {
    let brief = s.hold(&s.key_in(s.owned_family()), &s.brief()).await?;
    let kept = s.rewrite(&brief, &s.draft()).await?;
    let long = s.hold(&s.key(), &s.draft()).await?;
    let cut = s.rewrite(&long, &s.brief()).await?;
    s.outlive(s.short());
    s.intact(&kept, "after the deadline that a commit had put off").await?;
    s.lists(&kept.key.family, &[&kept], "after the deadline that a commit had put off").await?;
    s.absent(&cut.key, "after the earlier deadline that a commit had set").await
}

async fn an_earlier_deadline_is_set_and_kept(s: Subject) -> Checked {
    for key in [s.key(), s.key_in(s.owned_family())] {
        let mut held = s.hold(&key, &s.draft().living(Subject::LONG * 8)).await?;
        for part in [4, 2, 1, 3] {
            held = s.rewrite(&held, &s.draft().living(Subject::LONG * part)).await?;
            s.intact(&held, "after a commit with another ttl").await?;
        }
    }
    Ok(())
}

/// Needs a clock that can be moved, because the wait would be too long.
async fn a_deadline_beyond_400_days_comes(s: Subject) -> Checked {
    if s.shared.time.is_real() {
        let reason = "nobody waits 401 days, and the fixture does not say how to move the clock (`Opened::with_clock`)";
        return Err(s.lacking(Means::Clock, reason));
    }
    let ttl = Subject::FAR + Duration::from_hours(24);
    let family = s.owned_family();
    let created = s.hold(&s.key_in(family), &s.draft().living(ttl)).await?;
    let held = s.hold(&s.key_in(family), &s.draft()).await?;
    let committed = s.rewrite(&held, &s.draft().living(ttl)).await?;
    let held = s.hold(&s.key_in(family), &s.draft()).await?;
    let touched = s.extend(&held, ttl).await?;
    let held = s.hold(&s.key_in(family), &s.draft()).await?;
    let far = s.draft().living(ttl);
    let (moved, left) = s.move_to(&held, &s.key_in(family), &s.draft().living(ttl), Some(&far)).await?;
    let held = s.hold(&s.key_in(family), &s.draft()).await?;
    let buried = s.end_leaving(&held, None, &s.draft().living(ttl)).await?;
    let all: Vec<Held> = [created, committed, touched, moved, buried].into_iter().chain(left).collect();
    // A deadline that was cut has not come either, a little before 400 days have passed.
    s.pass(Subject::FAR - Subject::LONG);
    for held in &all {
        s.intact(held, "nearly 400 days after it was given 401").await?;
    }
    s.outlive(Duration::from_hours(24) + Subject::LONG);
    for held in &all {
        s.absent(&held.key, "401 days after it was given 401").await?;
    }
    s.lists(&family, &[], "401 days after all were given 401").await
}
