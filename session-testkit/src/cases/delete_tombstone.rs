use session_core::store::{CommitOutcome, CreateOutcome, DeleteOutcome, OnFull, RotateOutcome, TouchOutcome};

use crate::case::cases;
use crate::{
    rules,
    subject::{Held, Subject, racer},
    violation::Checked,
};

cases! {
    DELETE_1: [the_old_revision_opens_nothing_beside_a_tombstone];
    DELETE_3: [a_delete_leaves_its_tombstone, a_buried_session_leaves_the_list, a_buried_session_leaves_the_cap,
        a_tombstone_of_a_delete_expires, a_delete_removes_a_tombstone];
    DELETE_4: [a_repeated_delete_answers_deleted, a_repeat_after_its_tombstone_expired_finds_nothing,
        racing_repeats_of_one_delete_all_succeed];
    DELETE_2: [two_racing_deletes_leave_one_tombstone];
}

async fn a_delete_leaves_its_tombstone(s: Subject) -> Checked {
    for (family, expects) in [(s.key().family, true), (s.owned_family(), true), (s.owned_family(), false)] {
        let held = s.hold(&s.key_in(family), &s.draft()).await?;
        let left = s.end_leaving(&held, expects.then_some(held.revision), &s.draft()).await?;
        s.intact(&left, "the tombstone of a delete").await?;
        s.pass(s.short());
        s.intact(&left, "the tombstone of a delete, later").await?;
        let answer = s.create(&held.key, &s.draft(), None).await?;
        s.answers("create", "where a delete left a tombstone", &answer, &CreateOutcome::Exists)?;
        s.intact(&left, "after a create in its place").await?;
    }
    Ok(())
}

/// Everything that a request in flight may still try with the record from before the delete.
async fn the_old_revision_opens_nothing_beside_a_tombstone(s: Subject) -> Checked {
    for family in [s.key().family, s.owned_family()] {
        let old = s.hold(&s.key_in(family), &s.draft()).await?;
        let left = s.end_leaving(&old, Some(old.revision), &s.draft()).await?;
        let to = s.key_in(family);

        let commit = s.commit(&old.key, old.revision, &s.draft()).await?;
        let saw = matches!(&commit, CommitOutcome::Conflict(live) if live.revision == left.revision);
        s.check(saw, || format!("`commit` where a delete left a tombstone answered {commit:?}"))?;
        s.intact(&left, "after a commit of the revision that was deleted").await?;

        let touch = s.touch(&old.key, old.revision, Subject::LONG * 2).await?;
        s.answers("touch", "of the revision that was deleted", &touch, &TouchOutcome::Gone)?;
        s.intact(&left, "after a touch of the revision that was deleted").await?;

        let rotate = s.rotate((&old.key, old.revision), &to, &s.draft(), Some(&s.draft())).await?;
        let saw = matches!(&rotate, RotateOutcome::Conflict(live) if live.revision == left.revision);
        s.check(saw, || format!("`rotate` where a delete left a tombstone answered {rotate:?}"))?;
        s.absent(&to, "after a rotation of the revision that was deleted").await?;
        s.intact(&left, "after a rotation of the revision that was deleted").await?;

        for tombstone in [None, Some(s.draft())] {
            let delete = s.bury(&old.key, Some(old.revision), tombstone.as_ref()).await?;
            let saw = matches!(&delete, DeleteOutcome::Conflict(live) if live.revision == left.revision);
            s.check(saw, || {
                format!("another `delete` of the revision that was deleted answered {delete:?}")
            })?;
            s.intact(&left, "after another delete of the revision that was deleted").await?;
        }
        s.lists(&family, &[], "after its only session was deleted").await?;
    }
    Ok(())
}

async fn a_buried_session_leaves_the_list(s: Subject) -> Checked {
    let family = s.owned_family();
    let sessions = s.hold_many(family, 3).await?;
    let [first, second, third] = sessions.as_slice() else {
        return Err(s.violation("three sessions were created"));
    };
    s.end_leaving(second, Some(second.revision), &s.draft()).await?;
    s.lists(&family, &[third, first], "after one of three left a tombstone").await?;
    s.end_leaving(third, None, &s.draft()).await?;
    s.lists(&family, &[first], "after two of three left tombstones").await
}

async fn a_buried_session_leaves_the_cap(s: Subject) -> Checked {
    for on_full in [OnFull::Refuse, OnFull::EvictOldest] {
        let family = s.owned_family();
        let sessions = s.hold_many(family, 3).await?;
        for held in sessions.iter().take(2) {
            s.end_leaving(held, Some(held.revision), &s.draft()).await?;
        }
        let cap = Subject::cap(2, on_full);
        let (new, evicted) = s.hold_capped(&s.key_in(family), &s.draft(), cap).await?;
        s.equal("evicted at a cap of 2 beside one session and two tombstones", &evicted, &Vec::new())?;
        let left: Vec<&Held> = [&new].into_iter().chain(sessions.last()).collect();
        s.lists(&family, &left, "at a cap of 2, beside two tombstones").await?;
    }
    Ok(())
}

async fn a_tombstone_of_a_delete_expires(s: Subject) -> Checked {
    for ttl in [s.short(), std::time::Duration::ZERO] {
        for family in [s.key().family, s.owned_family()] {
            let held = s.hold(&s.key_in(family), &s.draft()).await?;
            s.end_leaving(&held, Some(held.revision), &s.draft().living(ttl)).await?;
            s.outlive(ttl.max(s.resolution()));
            s.absent(&held.key, &format!("after the deadline of the tombstone of a delete, {ttl:?}")).await?;
            let again = s.hold(&held.key, &s.draft()).await?;
            s.intact(&again, "after it was created where a tombstone had expired").await?;
        }
    }
    Ok(())
}

async fn a_delete_removes_a_tombstone(s: Subject) -> Checked {
    let held = s.hold(&s.key_in(s.owned_family()), &s.draft()).await?;
    let left = s.end_leaving(&held, None, &s.draft()).await?;
    s.end(&left.key, Some(left.revision)).await?;
    s.absent(&left.key, "after the tombstone was deleted").await
}

async fn a_repeated_delete_answers_deleted(s: Subject) -> Checked {
    for (family, expects) in [(s.key().family, true), (s.owned_family(), true), (s.owned_family(), false)] {
        let held = s.hold(&s.key_in(family), &s.draft()).await?;
        let (expected, tombstone) = (expects.then_some(held.revision), s.draft());
        let left = s.end_leaving(&held, expected, &tombstone).await?;
        for _ in 0..3 {
            s.pass(s.short());
            let answer = s.bury(&held.key, expected, Some(&tombstone)).await?;
            s.answers("delete", "again with the same tombstone", &answer, &DeleteOutcome::Deleted)?;
            s.intact(&left, "the tombstone after the same delete again").await?;
        }
    }
    Ok(())
}

async fn a_repeat_after_its_tombstone_expired_finds_nothing(s: Subject) -> Checked {
    let held = s.hold(&s.key(), &s.draft()).await?;
    let tombstone = s.brief();
    s.end_leaving(&held, Some(held.revision), &tombstone).await?;
    s.outlive(s.short());
    let answer = s.bury(&held.key, Some(held.revision), Some(&tombstone)).await?;
    s.answers("delete", "again, after its tombstone expired", &answer, &DeleteOutcome::Gone)?;
    s.absent(&held.key, "after a delete that found nothing").await
}

async fn racing_repeats_of_one_delete_all_succeed(s: Subject) -> Checked {
    for _ in Subject::rounds() {
        let held = s.hold(&s.key_in(s.owned_family()), &s.draft()).await?;
        let (held, tombstone) = (&held, &s.draft());
        let answers =
            s.race_many(
                3,
                |_, s| async move { s.bury(&held.key, Some(held.revision), Some(tombstone)).await },
            )?;
        s.check(answers.iter().all(|answer| *answer == DeleteOutcome::Deleted), || {
            format!("three racing tries of one delete answered {answers:?}")
        })?;
        let left = s.load(&held.key).await?.map(|stored| stored.revision);
        s.under(&rules::DELETE_3).equal("the tombstone after them", &left, &Some(tombstone.next))?;
    }
    Ok(())
}

async fn two_racing_deletes_leave_one_tombstone(s: Subject) -> Checked {
    for _ in Subject::rounds() {
        let held = s.hold(&s.key_in(s.owned_family()), &s.draft()).await?;
        let (held, tombstones) = (&held, [s.draft(), s.draft()]);
        let bury = |tombstone| {
            racer(move |s: Subject| async move {
                Ok(s.bury(&held.key, Some(held.revision), Some(tombstone)).await? == DeleteOutcome::Deleted)
            })
        };
        let won = s.race(tombstones.iter().map(bury).collect())?;
        s.equal("winners of two racing deletes", &won.iter().filter(|won| **won).count(), &1)?;
        let winner = won.iter().zip(&tombstones).find(|(won, _)| **won).map(|(_, tombstone)| tombstone.next);
        let left = s.load(&held.key).await?.map(|stored| stored.revision);
        s.equal("the tombstone that is left", &left, &winner)?;
    }
    Ok(())
}
