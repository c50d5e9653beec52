use session_core::store::{CommitOutcome, DeleteOutcome, RotateOutcome, TouchOutcome};

use crate::case::cases;
use crate::{
    subject::{Subject, racer},
    violation::Checked,
};

cases! {
    DELETE_1: [nothing_brings_a_deleted_key_back, a_racing_commit_does_not_bring_it_back,
        a_racing_rotation_does_not_carry_it_on, a_delete_again_finds_nothing];
    DELETE_2: [another_revision_is_a_conflict, a_revision_is_compared_in_full, a_racing_commit_is_seen_or_stopped];
}

async fn nothing_brings_a_deleted_key_back(s: Subject) -> Checked {
    for (family, expects) in [(s.key().family, false), (s.owned_family(), true)] {
        let held = s.hold(&s.key_in(family), &s.draft()).await?;
        s.end(&held.key, expects.then_some(held.revision)).await?;
        s.absent(&held.key, "after it was deleted").await?;
        s.lists(&family, &[], "after its only session was deleted").await?;

        let commit = s.commit(&held.key, held.revision, &s.draft()).await?;
        s.answers("commit", "on a deleted key", &commit, &CommitOutcome::Gone)?;
        let touch = s.touch(&held.key, held.revision, Subject::LONG).await?;
        s.answers("touch", "of a deleted key", &touch, &TouchOutcome::Gone)?;
        let to = s.key_in(family);
        let rotate = s.rotate((&held.key, held.revision), &to, &s.draft(), Some(&s.draft())).await?;
        s.answers("rotate", "of a deleted key", &rotate, &RotateOutcome::Gone)?;
        for key in [&held.key, &to] {
            s.absent(key, "after commit, touch and rotate of a deleted key").await?;
        }
        s.lists(&family, &[], "after commit, touch and rotate of a deleted key").await?;
    }
    Ok(())
}

async fn a_delete_again_finds_nothing(s: Subject) -> Checked {
    let never = s.key();
    let expired = s.hold(&s.key(), &s.brief()).await?;
    let deleted = s.hold(&s.key(), &s.draft()).await?;
    s.end(&deleted.key, None).await?;
    s.outlive(s.short());
    for (key, what) in [(never, "never created"), (expired.key, "expired"), (deleted.key, "deleted")] {
        for expected in [None, Some(deleted.revision), Some(expired.revision)] {
            let answer = s.delete(&key, expected).await?;
            s.answers("delete", &format!("of a key that was {what}"), &answer, &DeleteOutcome::Gone)?;
        }
    }
    Ok(())
}

async fn a_racing_commit_does_not_bring_it_back(s: Subject) -> Checked {
    for round in Subject::rounds() {
        let key = if round % 2 == 0 { s.key() } else { s.key_in(s.owned_family()) };
        let held = s.hold(&key, &s.draft()).await?;
        let held = &held;
        let commit = || {
            racer(
                move |s: Subject| async move { s.commit(&held.key, held.revision, &s.draft()).await.map(drop) },
            )
        };
        let delete = racer(move |s: Subject| async move { s.end(&held.key, None).await });
        s.race(vec![commit(), delete, commit()])?;
        s.absent(&held.key, "after a delete that raced two commits").await?;
        s.lists(&held.key.family, &[], "after a delete that raced two commits").await?;
    }
    Ok(())
}

async fn a_racing_rotation_does_not_carry_it_on(s: Subject) -> Checked {
    for round in Subject::rounds() {
        let family = if round % 2 == 0 { s.key().family } else { s.owned_family() };
        let held = s.hold(&s.key_in(family), &s.draft()).await?;
        let (held, to) = (&held, s.key_in(family));
        let answers =
            s.race(vec![
                racer(move |s: Subject| async move {
                    Ok(s.delete(&held.key, None).await? == DeleteOutcome::Deleted)
                }),
                racer(move |s: Subject| async move {
                    let answer = s.rotate((&held.key, held.revision), &to, &s.draft(), None).await?;
                    Ok(answer == RotateOutcome::Written)
                }),
            ])?;
        let (deleted, moved) = (answers.first() == Some(&true), answers.get(1) == Some(&true));
        // Without a tombstone the old key is empty afterwards, so only one of the two can have found the session.
        s.check(deleted != moved, || {
            format!("of a delete and a rotation of one session, deleted: {deleted}, rotated: {moved}")
        })?;
        s.absent(&held.key, "after a delete that raced a rotation").await?;
        if deleted {
            s.absent(&to, "under the new key, after a delete that was first").await?;
        }
    }
    Ok(())
}

async fn another_revision_is_a_conflict(s: Subject) -> Checked {
    for key in [s.key(), s.key_in(s.owned_family())] {
        let seen = s.hold(&key, &s.draft()).await?;
        let held = s.rewrite(&seen, &s.draft()).await?;
        for expected in [seen.revision, s.revision()] {
            let asked = s.now();
            match s.delete(&key, Some(expected)).await? {
                DeleteOutcome::Conflict(live) => {
                    s.is_still(Some(&live), &held, asked, "in the answer `Conflict`")?;
                }
                other => {
                    return Err(s.violation(format!("`delete` with another revision answered {other:?}")));
                }
            }
            s.intact(&held, "after a delete that expected another revision").await?;
        }
        s.end(&key, Some(held.revision)).await?;
    }
    Ok(())
}

async fn a_revision_is_compared_in_full(s: Subject) -> Checked {
    let held = s.hold(&s.key_in(s.owned_family()), &s.draft()).await?;
    for near in s.near(held.revision) {
        let answer = s.delete(&held.key, Some(near)).await?;
        s.check(matches!(answer, DeleteOutcome::Conflict(_)), || {
            format!("`delete` of a record whose revision differs in one bit answered {answer:?}")
        })?;
    }
    s.intact(&held, "after deletes that expected nearly its revision").await
}

async fn a_racing_commit_is_seen_or_stopped(s: Subject) -> Checked {
    for _ in Subject::rounds() {
        let held = s.hold(&s.key(), &s.draft()).await?;
        let (held, draft) = (&held, &s.draft());
        let answers = s.race(vec![
            racer(move |s: Subject| async move {
                Ok(s.delete(&held.key, Some(held.revision)).await? == DeleteOutcome::Deleted)
            }),
            racer(move |s: Subject| async move {
                Ok(s.commit(&held.key, held.revision, draft).await? == CommitOutcome::Written)
            }),
        ])?;
        let (deleted, written) = (answers.first() == Some(&true), answers.get(1) == Some(&true));
        s.check(deleted != written, || {
            format!("of a delete and a commit with one revision, deleted: {deleted}, written: {written}")
        })?;
        let left = s.load(&held.key).await?.map(|stored| stored.revision);
        s.equal("the revision that is left", &left, &written.then_some(draft.next))?;
    }
    Ok(())
}
