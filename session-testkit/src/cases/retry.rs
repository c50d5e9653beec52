use session_core::store::{
    Applied, CommitOutcome, CreateOutcome, DeleteOutcome, OnFull, RotateOutcome, Store as _, StoreError,
};

use crate::case::cases;
use crate::{Fault, subject::Subject, violation::Checked};

cases! {
    CREATE_2: [a_create_whose_answer_was_lost_is_tried_again];
    COMMIT_3: [a_commit_whose_answer_was_lost_is_tried_again, a_counter_behind_failures_counts_right];
    ROTATE_6: [a_rotation_whose_answer_was_lost_is_tried_again];
    DELETE_4: [a_delete_whose_answer_was_lost_is_tried_again];
}

const FAULTS: [Fault; 3] = [Fault::FailBefore, Fault::FailAfter, Fault::DropMidway];

/// Checks that the fault showed, because otherwise the case would prove nothing.
fn failed<T>(s: &Subject, fault: Fault, answer: Result<T, StoreError>) -> Checked {
    let expected = if fault == Fault::FailBefore { Applied::No } else { Applied::Unknown };
    let applied = answer.err().map(|error| error.applied());
    s.equal(&format!("`applied` after {fault:?}"), &applied, &Some(expected))
}

async fn a_create_whose_answer_was_lost_is_tried_again(s: Subject) -> Checked {
    for fault in FAULTS {
        let family = s.owned_family();
        let first = s.hold_many(family, 2).await?;
        let (key, draft, cap) = (s.key_in(family), s.draft(), Subject::cap(2, OnFull::EvictOldest));
        failed(&s, fault, s.failing(fault).store.create(&key, draft.write(), cap).await)?;
        let answer = s.create(&key, &draft, cap).await?;
        s.check(matches!(answer, CreateOutcome::Created { .. }), || {
            format!("`create` again, after {fault:?}, answered {answer:?}")
        })?;
        let listed: Vec<_> = s.list(&family).await?.into_iter().map(|(digest, _)| digest).collect();
        let wanted: Vec<_> =
            [Some(key.digest), first.last().map(|held| held.key.digest)].into_iter().flatten().collect();
        s.equal("the family at a cap of 2 after a create that was tried again", &listed, &wanted)?;
    }
    Ok(())
}

async fn a_commit_whose_answer_was_lost_is_tried_again(s: Subject) -> Checked {
    for fault in FAULTS {
        let held = s.hold(&s.key_in(s.owned_family()), &s.draft()).await?;
        let draft = s.draft();
        let answer = s.failing(fault).store.commit(&held.key, held.revision, draft.write()).await;
        failed(&s, fault, answer)?;
        let answer = s.commit(&held.key, held.revision, &draft).await?;
        s.answers("commit", &format!("again, after {fault:?}"), &answer, &CommitOutcome::Written)?;
        let stored = s.load(&held.key).await?.map(|stored| (stored.revision, stored.data));
        s.equal("what is stored after it", &stored, &Some((draft.next, draft.data)))?;
    }
    Ok(())
}

async fn a_rotation_whose_answer_was_lost_is_tried_again(s: Subject) -> Checked {
    for fault in FAULTS {
        for tombstone in [None, Some(s.draft())] {
            let held = s.hold(&s.key_in(s.owned_family()), &s.draft()).await?;
            let (to, draft) = (s.key_in(held.key.family), s.draft());
            let left = tombstone.as_ref().map(crate::subject::Draft::write);
            let answer =
                s.failing(fault).store.rotate(&held.key, held.revision, &to, draft.write(), left).await;
            failed(&s, fault, answer)?;
            let answer = s.rotate((&held.key, held.revision), &to, &draft, tombstone.as_ref()).await?;
            s.answers("rotate", &format!("again, after {fault:?}"), &answer, &RotateOutcome::Written)?;
            let old = s.load(&held.key).await?.map(|stored| stored.revision);
            s.equal("the revision under the old key", &old, &tombstone.map(|tombstone| tombstone.next))?;
            let new = s.load(&to).await?.map(|stored| (stored.revision, stored.data));
            s.equal("what is stored under the new key", &new, &Some((draft.next, draft.data)))?;
        }
    }
    Ok(())
}

async fn a_delete_whose_answer_was_lost_is_tried_again(s: Subject) -> Checked {
    for fault in FAULTS {
        let held = s.hold(&s.key_in(s.owned_family()), &s.draft()).await?;
        let (expected, tombstone) = (Some(held.revision), s.draft());
        let answer = s.failing(fault).store.delete(&held.key, expected, Some(tombstone.write())).await;
        failed(&s, fault, answer)?;
        let answer = s.bury(&held.key, expected, Some(&tombstone)).await?;
        s.answers("delete", &format!("again, after {fault:?}"), &answer, &DeleteOutcome::Deleted)?;
        let left = s.load(&held.key).await?.map(|stored| (stored.revision, stored.data));
        s.equal("the tombstone after it", &left, &Some((tombstone.next, tombstone.data)))?;
        s.lists(&held.key.family, &[], "after a delete that was tried again").await?;
    }
    Ok(())
}

/// Repeats every step until it is answered. Each step must count once.
async fn a_counter_behind_failures_counts_right(s: Subject) -> Checked {
    let steps = u64::from(s.pace().affords(60, 3, 15));
    let mut held = s.hold(&s.key(), &s.draft().saying(0_u64.to_be_bytes().to_vec())).await?;
    for step in 1..=steps {
        let stored = s.load(&held.key).await?;
        let count =
            stored.and_then(|stored| stored.data.first_chunk().map(|bytes| u64::from_be_bytes(*bytes)));
        s.equal("the count before a step", &count, &Some(step - 1))?;
        let draft = s.draft().saying(step.to_be_bytes().to_vec());
        while s.shared.seed.next().is_multiple_of(2) {
            let fault = FAULTS.get(usize::try_from(s.shared.seed.next() % 3).unwrap_or_default());
            let fault = fault.copied().unwrap_or(Fault::FailAfter);
            let answer = s.failing(fault).store.commit(&held.key, held.revision, draft.write()).await;
            failed(&s, fault, answer)?;
        }
        held = s.rewrite(&held, &draft).await?;
    }
    Ok(())
}
