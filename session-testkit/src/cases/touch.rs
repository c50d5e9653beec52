use std::time::Duration;

use session_core::store::{CommitOutcome, TouchOutcome};

use crate::case::cases;
use crate::{
    rules,
    subject::{Held, Subject, racer},
    violation::{Checked, Flaw},
};

cases! {
    TOUCH_1: [an_absent_key_stays_absent, data_and_revision_stay, a_racing_commit_is_not_undone,
        a_racing_delete_is_not_undone];
    TOUCH_2: [the_deadline_is_the_one_asked_for, a_tiny_deadline_rounds_up, a_tiny_deadline_comes];
    TTL_2: [a_touch_keeps_a_distant_deadline];
    TOUCH_3: [another_revision_keeps_its_deadline, a_revision_is_compared_in_full];
}

async fn an_absent_key_stays_absent(s: Subject) -> Checked {
    for family in [s.key().family, s.owned_family()] {
        let never = Held::new(&s.key_in(family), &s.draft(), s.now(), s.now());
        let deleted = s.hold(&s.key_in(family), &s.draft()).await?;
        s.end(&deleted.key, None).await?;
        let expired = s.hold(&s.key_in(family), &s.brief()).await?;
        s.outlive(s.short());
        for (held, what) in [(never, "never created"), (deleted, "deleted"), (expired, "expired")] {
            let answer = s.touch(&held.key, held.revision, Subject::LONG).await?;
            s.answers("touch", &format!("of a key that was {what}"), &answer, &TouchOutcome::Gone)?;
            s.absent(&held.key, &format!("after a touch of a key that was {what}")).await?;
        }
        s.lists(&family, &[], "after touches of absent keys").await?;
    }
    Ok(())
}

async fn data_and_revision_stay(s: Subject) -> Checked {
    for key in [s.key(), s.key_in(s.owned_family())] {
        let mut held = s.hold(&key, &s.draft()).await?;
        for minutes in [90, 30, 30, 60] {
            held = s.extend(&held, Duration::from_mins(minutes)).await?;
            s.intact(&held, "after a touch").await?;
        }
        // The revision must still be the one to commit with.
        s.rewrite(&held, &s.draft()).await?;
    }
    Ok(())
}

async fn a_racing_commit_is_not_undone(s: Subject) -> Checked {
    for _ in Subject::rounds() {
        let held = s.hold(&s.key_in(s.owned_family()), &s.draft()).await?;
        let (held, draft) = (&held, &s.draft());
        let touch = || {
            racer(move |s: Subject| async move {
                s.touch(&held.key, held.revision, Subject::LONG).await?;
                Ok(CommitOutcome::Written)
            })
        };
        let commit = racer(move |s: Subject| async move { s.commit(&held.key, held.revision, draft).await });
        let answers = s.race(vec![touch(), commit, touch()])?;
        s.check(answers.iter().all(|answer| *answer == CommitOutcome::Written), || {
            format!("a commit that raced two touches answered {answers:?}")
        })?;
        let stored = s.load(&held.key).await?.map(|stored| (stored.revision, stored.data));
        s.equal("what is stored after the commit", &stored, &Some((draft.next, draft.data.clone())))?;
    }
    Ok(())
}

async fn a_racing_delete_is_not_undone(s: Subject) -> Checked {
    for _ in Subject::rounds() {
        let held = s.hold(&s.key_in(s.owned_family()), &s.draft()).await?;
        let held = &held;
        let touch = || {
            racer(move |s: Subject| async move {
                s.touch(&held.key, held.revision, Subject::LONG).await.map(drop)
            })
        };
        let delete = racer(move |s: Subject| async move { s.end(&held.key, None).await });
        s.race(vec![touch(), delete, touch()])?;
        s.absent(&held.key, "after a delete that raced two touches").await?;
        s.lists(&held.key.family, &[], "after a delete that raced two touches").await?;
    }
    Ok(())
}

async fn the_deadline_is_the_one_asked_for(s: Subject) -> Checked {
    let long = s.hold(&s.key_in(s.owned_family()), &s.draft()).await?;
    let longer = s.extend(&long, Subject::LONG * 30).await?;
    s.intact(&longer, "after a touch with a later deadline").await?;
    s.lists(&longer.key.family, &[&longer], "after a touch with a later deadline").await?;
    let shorter = s.extend(&longer, s.short()).await?;
    s.intact(&shorter, "after a touch with an earlier deadline").await?;
    s.outlive(s.short());
    s.absent(&shorter.key, "after the earlier deadline that a touch had set").await?;

    let brief = s.hold(&s.key(), &s.brief()).await?;
    let kept = s.extend(&brief, Subject::LONG).await?;
    s.outlive(s.short());
    s.intact(&kept, "after the deadline that a touch had put off").await
}

/// The times to live that a store must round up.
fn tiny(s: &Subject) -> [Duration; 4] {
    [Duration::ZERO, Duration::from_nanos(1), s.resolution() / 2, s.resolution()]
}

async fn a_tiny_deadline_comes(s: Subject) -> Checked {
    for ttl in tiny(&s) {
        let held = s.hold(&s.key_in(s.owned_family()), &s.draft()).await?;
        let brief = s.extend(&held, ttl).await?;
        s.outlive(s.resolution());
        s.absent(&brief.key, &format!("long after a touch with {ttl:?}")).await?;
        s.lists(&brief.key.family, &[], &format!("long after a touch with {ttl:?}")).await?;
    }
    Ok(())
}

/// A record that was absent at once was never live only if the answer was quicker than its deadline. The time of a server
/// passes while it makes a write durable, so that one record or another is absent in any case.
async fn a_tiny_deadline_rounds_up(s: Subject) -> Checked {
    const QUICK: usize = 10;
    // Most stores round up to a millisecond.
    let least = s.resolution().min(Duration::from_millis(1));
    let mut unseen = None;
    for ttl in tiny(&s) {
        let (mut seen_alive, mut quick) = (false, 0);
        for _ in 0..QUICK * 10 {
            let held = s.hold(&s.key_in(s.owned_family()), &s.draft()).await?;
            let asked = s.now();
            let brief = s.extend(&held, ttl).await?;
            seen_alive = s.load(&brief.key).await?.is_some();
            let took = s.now().saturating_sub(asked);
            quick += usize::from(took <= ttl.max(least) / 4);
            // Where the time stands, one answer tells.
            if seen_alive || quick == QUICK || s.stands() || took > ttl.max(least) * 20 {
                break;
            }
        }
        s.check(seen_alive || (quick < QUICK && !s.stands()), || {
            format!("a touch with {ttl:?} ended the session at once, in {quick} of {quick} quick tries")
        })?;
        if !seen_alive {
            unseen.get_or_insert(ttl);
        }
    }
    match unseen {
        Some(ttl) => Err(Flaw::Late(format!("its answers are too slow to see a record that lives {ttl:?}"))),
        None => Ok(()),
    }
}

async fn a_touch_keeps_a_distant_deadline(s: Subject) -> Checked {
    for ttl in Subject::DISTANT {
        let held = s.hold(&s.key_in(s.owned_family()), &s.draft()).await?;
        let far = s.extend(&held, ttl).await?;
        s.intact(&far, &format!("after a touch with {ttl:?}")).await?;
        let near = s.extend(&far, s.short()).await?;
        s.outlive(s.short());
        s.under(&rules::TTL_1).absent(&near.key, "after a deadline that replaced a distant one").await?;
    }
    Ok(())
}

async fn another_revision_keeps_its_deadline(s: Subject) -> Checked {
    for key in [s.key(), s.key_in(s.owned_family())] {
        let seen = s.hold(&key, &s.draft()).await?;
        let held = s.rewrite(&seen, &s.draft().living(Subject::LONG * 3)).await?;
        for expected in [seen.revision, s.revision()] {
            let answer = s.touch(&key, expected, s.short()).await?;
            s.answers("touch", "of a record of another revision", &answer, &TouchOutcome::Gone)?;
            s.intact(&held, "after a touch that expected another revision").await?;
        }
    }
    Ok(())
}

async fn a_revision_is_compared_in_full(s: Subject) -> Checked {
    let held = s.hold(&s.key_in(s.owned_family()), &s.draft()).await?;
    for near in s.near(held.revision) {
        let answer = s.touch(&held.key, near, s.short()).await?;
        s.answers("touch", "of a record whose revision differs in one bit", &answer, &TouchOutcome::Gone)?;
    }
    s.intact(&held, "after touches that expected nearly its revision").await
}
