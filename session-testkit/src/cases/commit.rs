use session_core::store::{CommitOutcome, CreateOutcome, OnFull, RotateOutcome, TouchOutcome};

use crate::case::cases;
use crate::{
    subject::{Held, Subject},
    violation::Checked,
};

cases! {
    COMMIT_1: [another_revision_is_a_conflict, a_conflict_changes_nothing, a_revision_is_compared_in_full];
    COMMIT_2: [a_key_that_never_was_stays_absent, a_deleted_key_stays_absent, an_expired_key_stays_absent,
        an_evicted_key_stays_absent];
    COMMIT_3: [a_repeated_commit_answers_written, a_repeat_after_another_commit_is_a_conflict];
    COMMIT_5: [an_equal_payload_is_written, an_equal_payload_renews_the_deadline];
}

async fn another_revision_is_a_conflict(s: Subject) -> Checked {
    for key in [s.key(), s.key_in(s.owned_family())] {
        let first = s.hold(&key, &s.draft()).await?;
        conflicts(&s, &first, s.revision()).await?;
        let second = s.rewrite(&first, &s.draft()).await?;
        s.intact(&second, "after a commit").await?;
        conflicts(&s, &second, first.revision).await?;
    }
    Ok(())
}

async fn a_conflict_changes_nothing(s: Subject) -> Checked {
    let held = s.hold(&s.key(), &s.draft()).await?;
    for draft in [s.draft(), s.brief(), s.draft().saying(""), s.draft().saying(held.data.clone())] {
        let asked = s.now();
        match s.commit(&held.key, s.revision(), &draft).await? {
            CommitOutcome::Conflict(live) => {
                s.is_still(Some(&live), &held, asked, "in the answer `Conflict`")?;
            }
            other => return Err(s.violation(format!("`commit` with a wrong revision answered {other:?}"))),
        }
        s.intact(&held, "after a commit with a wrong revision").await?;
    }
    Ok(())
}

async fn a_revision_is_compared_in_full(s: Subject) -> Checked {
    let held = s.hold(&s.key(), &s.draft()).await?;
    for near in s.near(held.revision) {
        conflicts(&s, &held, near).await?;
    }
    Ok(())
}

async fn conflicts(s: &Subject, held: &Held, expected: session_core::store::Revision) -> Checked {
    let asked = s.now();
    match s.commit(&held.key, expected, &s.draft()).await? {
        CommitOutcome::Conflict(live) => s.is_still(Some(&live), held, asked, "in the answer `Conflict`")?,
        other => {
            let seen = format!(
                "`commit` expecting {expected:?} of a record with {:?} answered {other:?}",
                held.revision
            );
            return Err(s.violation(seen));
        }
    }
    s.intact(held, "after a commit that expected another revision").await
}

async fn a_key_that_never_was_stays_absent(s: Subject) -> Checked {
    for key in [s.key(), s.key_in(s.owned_family())] {
        let never = Held::new(&key, &s.draft(), s.now(), s.now());
        is_gone(&s, &never, "that was never created").await?;
    }
    Ok(())
}

async fn a_deleted_key_stays_absent(s: Subject) -> Checked {
    for key in [s.key(), s.key_in(s.owned_family())] {
        let held = s.hold(&key, &s.draft()).await?;
        s.end(&key, Some(held.revision)).await?;
        is_gone(&s, &held, "that was deleted").await?;
    }
    Ok(())
}

async fn an_expired_key_stays_absent(s: Subject) -> Checked {
    for key in [s.key(), s.key_in(s.owned_family())] {
        let held = s.hold(&key, &s.brief()).await?;
        s.outlive(s.short());
        is_gone(&s, &held, "that has expired").await?;
    }
    Ok(())
}

async fn an_evicted_key_stays_absent(s: Subject) -> Checked {
    let family = s.owned_family();
    let held = s.hold(&s.key_in(family), &s.draft()).await?;
    let cap = Subject::cap(1, OnFull::EvictOldest);
    let (new, _) = s.hold_capped(&s.key_in(family), &s.draft(), cap).await?;
    let commit = s.commit(&held.key, held.revision, &s.draft()).await?;
    s.answers("commit", "on a key that was evicted", &commit, &CommitOutcome::Gone)?;
    let touch = s.touch(&held.key, held.revision, Subject::LONG).await?;
    s.answers("touch", "of a key that was evicted", &touch, &TouchOutcome::Gone)?;
    let rotate = s.rotate((&held.key, held.revision), &s.key_in(family), &s.draft(), None).await?;
    s.answers("rotate", "of a key that was evicted", &rotate, &RotateOutcome::Gone)?;
    s.absent(&held.key, "after commit, touch and rotate of an evicted key").await?;
    s.lists(&family, &[&new], "after commit, touch and rotate of an evicted key").await
}

async fn is_gone(s: &Subject, held: &Held, what: &str) -> Checked {
    for expected in [held.revision, s.revision()] {
        let answer = s.commit(&held.key, expected, &s.draft()).await?;
        s.answers("commit", &format!("on a key {what}"), &answer, &CommitOutcome::Gone)?;
    }
    s.absent(&held.key, &format!("after a commit on a key {what}")).await?;
    s.lists(&held.key.family, &[], &format!("after a commit on a key {what}")).await?;
    let answer = s.create(&held.key, &s.draft(), None).await?;
    s.check(matches!(answer, CreateOutcome::Created { .. }), || {
        format!("after a commit on a key {what}, `create` answered {answer:?}")
    })
}

async fn a_repeated_commit_answers_written(s: Subject) -> Checked {
    for key in [s.key(), s.key_in(s.owned_family())] {
        let first = s.hold(&key, &s.draft()).await?;
        let draft = s.draft();
        let second = s.rewrite(&first, &draft).await?;
        for _ in 0..3 {
            s.pass(s.short());
            let answer = s.commit(&key, first.revision, &draft).await?;
            s.answers("commit", "again with the same `next`", &answer, &CommitOutcome::Written)?;
            s.intact(&second, "after the same commit again").await?;
        }
    }
    Ok(())
}

async fn a_repeat_after_another_commit_is_a_conflict(s: Subject) -> Checked {
    let first = s.hold(&s.key(), &s.draft()).await?;
    let draft = s.draft();
    let second = s.rewrite(&first, &draft).await?;
    let third = s.rewrite(&second, &s.draft()).await?;
    let answer = s.commit(&first.key, first.revision, &draft).await?;
    s.check(matches!(answer, CommitOutcome::Conflict(_)), || {
        format!("a commit again, after another on top of it, answered {answer:?}")
    })?;
    s.intact(&third, "after a commit was tried again that another had followed").await
}

async fn an_equal_payload_is_written(s: Subject) -> Checked {
    let mut held = s.hold(&s.key_in(s.owned_family()), &s.draft()).await?;
    for _ in 0..5 {
        held = s.rewrite(&held, &s.draft().saying(held.data.clone())).await?;
        s.intact(&held, "after a commit of an equal payload").await?;
    }
    Ok(())
}

async fn an_equal_payload_renews_the_deadline(s: Subject) -> Checked {
    let held = s.hold(&s.key(), &s.draft()).await?;
    s.pass(s.short());
    let renewed = s.rewrite(&held, &s.draft().saying(held.data.clone())).await?;
    s.intact(&renewed, "after a commit of an equal payload, later").await
}
