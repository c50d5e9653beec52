use std::time::Duration;

use session_core::{
    id::Family,
    store::{CommitOutcome, DeleteOutcome, OnFull},
};

use crate::case::cases;
use crate::{
    subject::{Held, Subject},
    violation::Checked,
};

cases! {
    CLOCK_1: [the_order_holds_over_a_step_back, the_order_holds_over_a_jump_ahead_that_is_taken_back,
        a_cap_evicts_the_first_created_after_a_step_back, a_cap_counts_what_was_created_ahead,
        a_revoke_after_a_step_back_ends_all, a_revoke_before_a_step_back_ends_nothing_new,
        writes_go_on_over_a_step_back, a_step_back_lengthens_by_the_step, a_sweep_after_a_step_back_takes_nothing_live];
}

/// The steps of a clock: a time server's, a virtual machine's that slept, a replica's in another time zone, a dead battery's.
fn steps(s: &Subject) -> [Duration; 4] {
    let small = s.slack() + s.resolution() * 3;
    [small, Duration::from_mins(10).max(small * 2), Duration::from_hours(25), Duration::from_hours(24 * 30)]
}

/// A session that outlives every step, so that only the clock's order is at stake.
const LIFE: Duration = Duration::from_hours(24 * 300);

async fn sign_in(s: &Subject, family: Family) -> Checked<Held> {
    let held = s.hold(&s.key_in(family), &s.draft().living(LIFE)).await?;
    s.pass(s.slack());
    Ok(held)
}

async fn sign_in_capped(
    s: &Subject,
    family: Family,
    max: u32,
    evicted: &[Held],
    when: &str,
) -> Checked<Held> {
    let cap = Subject::cap(max, OnFull::EvictOldest);
    let (held, seen) = s.hold_capped(&s.key_in(family), &s.draft().living(LIFE), cap).await?;
    s.pass(s.slack());
    let wanted: Vec<_> = evicted.iter().map(|held| held.key.digest).collect();
    s.equal(&format!("evicted at a cap of {max} {when}"), &seen, &wanted)?;
    for held in evicted {
        s.absent(&held.key, &format!("after it was evicted {when}")).await?;
    }
    Ok(held)
}

/// Checks that exactly these sessions, oldest first, are listed, and that each of them is as it was written.
async fn stand(s: &Subject, family: Family, sessions: &[Held], when: &str) -> Checked {
    let wanted: Vec<_> = sessions.iter().rev().map(|held| held.key.digest).collect();
    let seen: Vec<_> = s.list(&family).await?.into_iter().map(|(digest, _)| digest).collect();
    s.check(seen == wanted, || format!("{when}: the family lists {seen:?} and not {wanted:?}"))?;
    for held in sessions {
        stands(s, held, when).await?;
    }
    Ok(())
}

/// Checks all of a record but its deadline.
async fn stands(s: &Subject, held: &Held, when: &str) -> Checked {
    let seen = s.load(&held.key).await?.map(|stored| (stored.revision, stored.data));
    s.equal(&format!("a record {when}"), &seen, &Some((held.revision, held.data.clone())))
}

async fn the_order_holds_over_a_step_back(s: Subject) -> Checked {
    for step in steps(&s) {
        let family = s.owned_family();
        s.pass(step);
        let mut sessions = vec![sign_in(&s, family).await?, sign_in(&s, family).await?];
        s.step_back(step)?;
        sessions.push(sign_in(&s, family).await?);
        sessions.push(sign_in(&s, family).await?);
        let when = format!("after a step back by {step:?}");
        stand(&s, family, &sessions, &when).await?;
        // A rotation keeps its place, whatever the time says.
        for index in [0, 3] {
            if let Some(held) = sessions.get_mut(index) {
                let to = s.key_in(family);
                (*held, _) = s.move_to(held, &to, &s.draft().living(LIFE), Some(&s.brief())).await?;
            }
        }
        stand(&s, family, &sessions, &format!("{when} and rotations")).await?;
        s.pass(step);
        sessions.push(sign_in(&s, family).await?);
        stand(&s, family, &sessions, &format!("{when} that was made good")).await?;
    }
    Ok(())
}

async fn the_order_holds_over_a_jump_ahead_that_is_taken_back(s: Subject) -> Checked {
    for step in steps(&s) {
        let family = s.owned_family();
        let mut sessions = vec![sign_in(&s, family).await?];
        s.pass(step);
        sessions.push(sign_in(&s, family).await?);
        s.step_back(step)?;
        for _ in 0..2 {
            sessions.push(sign_in(&s, family).await?);
        }
        stand(&s, family, &sessions, &format!("after a jump by {step:?} that was taken back")).await?;
    }
    Ok(())
}

async fn a_cap_evicts_the_first_created_after_a_step_back(s: Subject) -> Checked {
    for step in steps(&s) {
        let (family, when) = (s.owned_family(), format!("after a step back by {step:?}"));
        s.pass(step);
        let mut sessions = vec![sign_in(&s, family).await?, sign_in(&s, family).await?];
        s.step_back(step)?;
        sessions.push(sign_in_capped(&s, family, 3, &[], &when).await?);
        for _ in 0..4 {
            let oldest: Vec<Held> = sessions.drain(..1).collect();
            sessions.push(sign_in_capped(&s, family, 3, &oldest, &when).await?);
            stand(&s, family, &sessions, &format!("{when} and an eviction")).await?;
        }
        let oldest: Vec<Held> = sessions.drain(..2).collect();
        sessions.push(sign_in_capped(&s, family, 2, &oldest, &when).await?);
        stand(&s, family, &sessions, &format!("{when} and a lower cap")).await?;
    }
    Ok(())
}

async fn a_cap_counts_what_was_created_ahead(s: Subject) -> Checked {
    for step in steps(&s) {
        let (family, when) = (s.owned_family(), format!("after a jump by {step:?} that was taken back"));
        let mut sessions = vec![sign_in(&s, family).await?];
        s.pass(step);
        // An eviction while the clock is ahead must not reach what comes after.
        let oldest: Vec<Held> = std::mem::take(&mut sessions);
        sessions.push(sign_in_capped(&s, family, 1, &oldest, "while the clock is ahead").await?);
        s.step_back(step)?;
        for _ in 0..2 {
            sessions.push(sign_in_capped(&s, family, 3, &[], &when).await?);
        }
        stand(&s, family, &sessions, &when).await?;
        let oldest: Vec<Held> = sessions.drain(..1).collect();
        sessions.push(sign_in_capped(&s, family, 3, &oldest, &when).await?);
        stand(&s, family, &sessions, &when).await?;
    }
    Ok(())
}

async fn a_revoke_after_a_step_back_ends_all(s: Subject) -> Checked {
    for step in steps(&s) {
        for keeps in [false, true] {
            let (family, when) = (s.owned_family(), format!("in a revoke after a step back by {step:?}"));
            s.pass(step);
            let mut sessions = vec![sign_in(&s, family).await?, sign_in(&s, family).await?];
            s.step_back(step)?;
            sessions.push(sign_in(&s, family).await?);
            let kept: Vec<Held> = if keeps { sessions.drain(..1).collect() } else { Vec::new() };
            let ended = s.revoke(&family, kept.first().map(|held| &held.key.digest)).await?;
            s.equal(&format!("sessions that ended {when}"), &ended, &(sessions.len() as u64))?;
            for held in &sessions {
                s.absent(&held.key, &when).await?;
                let late = s.commit(&held.key, held.revision, &s.draft()).await?;
                s.answers("commit", &when, &late, &CommitOutcome::Gone)?;
            }
            let mut left = kept;
            left.push(sign_in(&s, family).await?);
            left.push(sign_in(&s, family).await?);
            stand(&s, family, &left, &format!("{when} and two creates")).await?;
        }
    }
    Ok(())
}

async fn a_revoke_before_a_step_back_ends_nothing_new(s: Subject) -> Checked {
    for step in steps(&s) {
        let (family, when) = (s.owned_family(), format!("after a revoke, then a step back by {step:?}"));
        s.pass(step);
        let (kept, gone) = (sign_in(&s, family).await?, sign_in(&s, family).await?);
        s.revoke(&family, Some(&kept.key.digest)).await?;
        s.step_back(step)?;
        let mut left = vec![kept, sign_in(&s, family).await?];
        stand(&s, family, &left, &when).await?;
        if let Some(new) = left.last_mut() {
            *new = s.rewrite(new, &s.draft().living(LIFE)).await?;
        }
        stand(&s, family, &left, &format!("{when} and a commit")).await?;
        s.absent(&gone.key, &when).await?;
    }
    Ok(())
}

async fn writes_go_on_over_a_step_back(s: Subject) -> Checked {
    for step in steps(&s) {
        for family in [s.key().family, s.owned_family()] {
            let when = format!("after a step back by {step:?}");
            s.pass(step);
            let held = sign_in(&s, family).await?;
            s.step_back(step)?;
            stands(&s, &held, &when).await?;
            let old = held.revision;
            let next = s.draft().living(LIFE);
            let held = s.rewrite(&held, &next).await?;
            stands(&s, &held, &format!("{when} and a commit")).await?;
            let again = s.commit(&held.key, old, &next).await?;
            s.answers("commit", &format!("again {when}"), &again, &CommitOutcome::Written)?;
            let late = s.commit(&held.key, old, &s.draft()).await?;
            s.check(matches!(late, CommitOutcome::Conflict(_)), || {
                format!("a commit on an old revision {when} answered {late:?}")
            })?;
            let held = s.extend(&held, LIFE).await?;
            stands(&s, &held, &format!("{when} and a touch")).await?;
            let (moved, left) = s.move_to(&held, &s.key_in(family), &next.clone(), Some(&s.draft())).await?;
            stands(&s, &moved, &format!("{when} and a rotation")).await?;
            for left in left.iter() {
                stands(&s, left, &format!("{when}, which a rotation left")).await?;
            }
            s.end(&moved.key, Some(moved.revision)).await?;
            let again = s.delete(&moved.key, Some(moved.revision)).await?;
            s.answers("delete", &format!("again {when}"), &again, &DeleteOutcome::Gone)?;
        }
    }
    Ok(())
}

/// By the step and no more: the deadline comes as soon as the clock has caught up, and what is written meanwhile expires, too.
async fn a_step_back_lengthens_by_the_step(s: Subject) -> Checked {
    for step in steps(&s) {
        for family in [s.key().family, s.owned_family()] {
            s.pass(step);
            let before = s.hold(&s.key_in(family), &s.draft()).await?;
            s.step_back(step)?;
            let meanwhile = s.hold(&s.key_in(family), &s.draft()).await?;
            stands(&s, &before, &format!("after a step back by {step:?}")).await?;
            s.pass(step);
            s.intact(&before, &format!("after a step back by {step:?} that was made good")).await?;
            s.outlive(before.ttl);
            for held in [before, meanwhile] {
                s.absent(&held.key, &format!("a deadline after a step back by {step:?}")).await?;
            }
        }
    }
    Ok(())
}

async fn a_sweep_after_a_step_back_takes_nothing_live(s: Subject) -> Checked {
    for step in steps(&s) {
        let (family, when) = (s.owned_family(), format!("after a step back by {step:?} and a sweep"));
        s.sweep(u32::MAX).await?;
        s.pass(step);
        let mut sessions = vec![sign_in(&s, family).await?];
        s.sweep(u32::MAX).await?;
        s.step_back(step)?;
        sessions.push(sign_in(&s, family).await?);
        let brief = s.hold(&s.key(), &s.draft().living(s.short() * 2)).await?;
        s.sweep(u32::MAX).await?;
        stand(&s, family, &sessions, &when).await?;
        stands(&s, &brief, &when).await?;
    }
    Ok(())
}
