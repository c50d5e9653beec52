use session_core::store::{CommitOutcome, DeleteOutcome, OnFull, RotateOutcome, TouchOutcome};

use crate::case::cases;
use crate::{
    rules,
    subject::{Draft, Held, Subject},
    violation::Checked,
};

cases! {
    ROTATE_1: [the_session_has_moved, the_moved_session_works, a_tombstone_is_not_listed,
        a_tombstone_is_not_counted_by_a_cap, a_rotation_at_the_cap_is_no_new_session];
    ROTATE_2: [the_old_revision_opens_nothing];
    ROTATE_5: [a_tombstone_expires, an_expired_tombstone_frees_its_key];
    ROTATE_6: [a_repeated_rotation_answers_written, a_repeat_revives_nothing, a_repeat_is_recognised_first];
}

async fn the_session_has_moved(s: Subject) -> Checked {
    for family in [s.key().family, s.owned_family()] {
        let held = s.hold(&s.key_in(family), &s.draft()).await?;
        let (moved, _) = s.move_to(&held, &s.key_in(family), &s.draft(), None).await?;
        s.intact(&moved, "under the new key after a rotation").await?;
        s.absent(&held.key, "under the old key after a rotation without a tombstone").await?;

        let (again, left) = s.move_to(&moved, &s.key_in(family), &s.brief(), Some(&s.draft())).await?;
        s.intact(&again, "under the new key after a rotation").await?;
        if let Some(tombstone) = left {
            s.intact(&tombstone, "the tombstone under the old key").await?;
        }
        s.absent(&held.key, "under the oldest key").await?;
    }
    Ok(())
}

async fn the_moved_session_works(s: Subject) -> Checked {
    let family = s.owned_family();
    let held = s.hold(&s.key_in(family), &s.draft()).await?;
    let (moved, _) = s.move_to(&held, &s.key_in(family), &s.draft(), Some(&s.draft())).await?;
    let moved = s.rewrite(&moved, &s.draft()).await?;
    let moved = s.extend(&moved, Subject::LONG * 2).await?;
    s.intact(&moved, "after it was rotated, committed and touched").await?;
    let (moved, _) = s.move_to(&moved, &s.key_in(family), &s.draft(), None).await?;
    s.end(&moved.key, Some(moved.revision)).await?;
    s.absent(&moved.key, "after it was rotated and deleted").await
}

async fn a_tombstone_is_not_listed(s: Subject) -> Checked {
    let family = s.owned_family();
    let other = s.hold(&s.key_in(family), &s.draft()).await?;
    s.pass(s.slack());
    let mut held = s.hold(&s.key_in(family), &s.draft()).await?;
    for _ in 0..3 {
        (held, _) = s.move_to(&held, &s.key_in(family), &s.draft(), Some(&s.draft())).await?;
        let listed = s.list(&family).await?;
        let mut seen: Vec<_> = listed.iter().map(|(digest, _)| *digest).collect();
        let mut wanted = vec![held.key.digest, other.key.digest];
        seen.sort_unstable();
        wanted.sort_unstable();
        s.equal("the family's sessions after a rotation that left a tombstone", &seen, &wanted)?;
    }
    let ended = s.revoke(&family, None).await?;
    s.under(&rules::FAMILY_5).equal("sessions that a revoke ended, beside three tombstones", &ended, &2)
}

async fn a_tombstone_is_not_counted_by_a_cap(s: Subject) -> Checked {
    for on_full in [OnFull::Refuse, OnFull::EvictOldest] {
        let family = s.owned_family();
        let mut held = s.hold(&s.key_in(family), &s.draft()).await?;
        for _ in 0..3 {
            (held, _) = s.move_to(&held, &s.key_in(family), &s.draft(), Some(&s.draft())).await?;
        }
        let (_, evicted) = s.hold_capped(&s.key_in(family), &s.draft(), Subject::cap(2, on_full)).await?;
        s.equal(
            "evicted from a family of one session and three tombstones at a cap of 2",
            &evicted,
            &Vec::new(),
        )?;
        s.intact(&held, "after a create that the cap had room for").await?;
    }
    Ok(())
}

async fn a_rotation_at_the_cap_is_no_new_session(s: Subject) -> Checked {
    let family = s.owned_family();
    let first = s.hold(&s.key_in(family), &s.draft()).await?;
    let (second, _) = s.hold_capped(&s.key_in(family), &s.draft(), Subject::cap(2, OnFull::Refuse)).await?;
    let (moved, _) = s.move_to(&second, &s.key_in(family), &s.draft(), None).await?;
    s.intact(&first, "after another session of a full family rotated").await?;
    s.intact(&moved, "after it rotated in a full family").await
}

/// Everything that a request in flight may still try with the record from before the rotation.
async fn the_old_revision_opens_nothing(s: Subject) -> Checked {
    for (family, with_tombstone) in
        [(s.key().family, false), (s.key().family, true), (s.owned_family(), true)]
    {
        let tombstone = with_tombstone.then(|| s.draft());
        let old = s.hold(&s.key_in(family), &s.draft()).await?;
        let (moved, left) = s.move_to(&old, &s.key_in(family), &s.draft(), tombstone.as_ref()).await?;
        let left = left.as_ref();

        let commit = s.commit(&old.key, old.revision, &s.draft()).await?;
        let commits = match commit {
            CommitOutcome::Conflict(live) => left.is_some_and(|left| live.revision == left.revision),
            CommitOutcome::Gone => left.is_none(),
            CommitOutcome::Written => false,
        };
        s.check(commits, || "`commit` on the old key did not see what the rotation left there".to_owned())?;
        unchanged(&s, &old, &moved, left, "commit").await?;

        let touch = s.touch(&old.key, old.revision, Subject::LONG * 2).await?;
        s.answers("touch", "of the old key", &touch, &TouchOutcome::Gone)?;
        unchanged(&s, &old, &moved, left, "touch").await?;

        for tombstone in [None, Some(s.draft())] {
            let delete = s.bury(&old.key, Some(old.revision), tombstone.as_ref()).await?;
            s.check(delete != DeleteOutcome::Deleted, || {
                "`delete` with the old revision answered `Deleted`".to_owned()
            })?;
            unchanged(&s, &old, &moved, left, "delete").await?;
        }

        let to = s.key_in(family);
        let rotate = s.rotate((&old.key, old.revision), &to, &s.draft(), None).await?;
        s.check(matches!(rotate, RotateOutcome::Conflict(_) | RotateOutcome::Gone), || {
            format!("`rotate` of the old key with its old revision answered {rotate:?}")
        })?;
        s.absent(&to, "after a second rotation of the old key").await?;
        unchanged(&s, &old, &moved, left, "rotate").await?;
    }
    Ok(())
}

async fn unchanged(s: &Subject, old: &Held, moved: &Held, left: Option<&Held>, after: &str) -> Checked {
    let after = format!("after a `{after}` of the old key with its old revision");
    s.intact(moved, &after).await?;
    match left {
        Some(tombstone) => s.intact(tombstone, &after).await,
        None => s.absent(&old.key, &after).await,
    }
}

async fn a_tombstone_expires(s: Subject) -> Checked {
    for ttl in [s.short(), std::time::Duration::ZERO] {
        let family = s.owned_family();
        let held = s.hold(&s.key_in(family), &s.draft()).await?;
        let tombstone = s.draft().living(ttl);
        let (moved, left) = s.move_to(&held, &s.key_in(family), &s.draft(), Some(&tombstone)).await?;
        if let Some(tombstone) = left.as_ref().filter(|_| ttl > s.slack()) {
            s.intact(tombstone, "the tombstone before its deadline").await?;
            s.intact(tombstone, "the tombstone after it was loaded").await?;
        }
        s.outlive(ttl.max(s.resolution()));
        s.absent(&held.key, &format!("after the deadline of its tombstone, {ttl:?}")).await?;
        s.under(&rules::ROTATE_1).intact(&moved, "after its tombstone expired").await?;
    }
    Ok(())
}

async fn an_expired_tombstone_frees_its_key(s: Subject) -> Checked {
    let held = s.hold(&s.key(), &s.draft()).await?;
    let to = s.key_in(held.key.family);
    s.move_to(&held, &to, &s.draft(), Some(&s.brief())).await?;
    s.outlive(s.short());
    let again = s.hold(&held.key, &s.draft()).await?;
    s.intact(&again, "after it was created where a tombstone had expired").await
}

async fn a_repeated_rotation_answers_written(s: Subject) -> Checked {
    for (family, tombstone) in [(s.key().family, None), (s.owned_family(), Some(s.draft()))] {
        let held = s.hold(&s.key_in(family), &s.draft()).await?;
        let (to, draft) = (s.key_in(family), s.draft());
        let (moved, left) = s.move_to(&held, &to, &draft, tombstone.as_ref()).await?;
        for _ in 0..3 {
            s.pass(s.short());
            let answer = repeat(&s, &held, &moved, &draft, tombstone.as_ref()).await?;
            s.answers("rotate", "again with the same `next`", &answer, &RotateOutcome::Written)?;
            unchanged_by_repeat(&s, &held, &moved, left.as_ref()).await?;
        }
    }
    Ok(())
}

async fn unchanged_by_repeat(s: &Subject, old: &Held, moved: &Held, left: Option<&Held>) -> Checked {
    s.intact(moved, "after the same rotation again").await?;
    match left {
        Some(tombstone) => s.intact(tombstone, "the tombstone after the same rotation again").await,
        None => s.absent(&old.key, "after the same rotation again").await,
    }
}

async fn a_repeat_revives_nothing(s: Subject) -> Checked {
    for (tombstone, committed) in
        [(None, false), (Some(s.draft()), false), (None, true), (Some(s.draft()), true)]
    {
        let held = s.hold(&s.key(), &s.draft()).await?;
        let (to, draft) = (s.key_in(held.key.family), s.draft());
        let (moved, _) = s.move_to(&held, &to, &draft, tombstone.as_ref()).await?;
        if committed {
            let newer = s.rewrite(&moved, &s.draft()).await?;
            let answer = repeat(&s, &held, &moved, &draft, tombstone.as_ref()).await?;
            s.check(answer != RotateOutcome::Written, || {
                "a rotation again, after a commit on top of it, answered `Written`".to_owned()
            })?;
            s.intact(&newer, "after a rotation was tried again that a commit had followed").await?;
        } else {
            s.end(&to, None).await?;
            let answer = repeat(&s, &held, &moved, &draft, tombstone.as_ref()).await?;
            s.check(answer != RotateOutcome::Written, || {
                "a rotation again, after the session had ended, answered `Written`".to_owned()
            })?;
            s.absent(&to, "after a rotation was tried again whose session had ended").await?;
        }
    }
    Ok(())
}

/// The old key can hold another record by then, which the repeat must not change.
async fn a_repeat_is_recognised_first(s: Subject) -> Checked {
    for family in [s.key().family, s.owned_family()] {
        let held = s.hold(&s.key_in(family), &s.draft()).await?;
        let (to, draft) = (s.key_in(family), s.draft());
        let (moved, _) = s.move_to(&held, &to, &draft, None).await?;
        let again = s.hold(&held.key, &s.draft()).await?;
        let answer = repeat(&s, &held, &moved, &draft, Some(&s.draft())).await?;
        s.answers("rotate", "again, with another session under `from`", &answer, &RotateOutcome::Written)?;
        s.intact(&moved, "after the same rotation again").await?;
        s.intact(&again, "under `from`, after the same rotation again").await?;
    }
    Ok(())
}

async fn repeat(
    s: &Subject,
    held: &Held,
    moved: &Held,
    draft: &Draft,
    tombstone: Option<&Draft>,
) -> Checked<RotateOutcome> {
    s.rotate((&held.key, held.revision), &moved.key, draft, tombstone).await
}
