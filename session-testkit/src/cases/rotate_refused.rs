use session_core::{
    id::StoreKey,
    store::{Applied, RotateOutcome, Store as _, StoreErrorKind},
};

use crate::case::cases;
use crate::{
    subject::{Draft, Held, Subject},
    violation::Checked,
};

cases! {
    ROTATE_3: [an_occupied_target_is_left_alone, a_tombstone_is_no_free_target, an_expired_target_is_free];
    ROTATE_7: [another_revision_is_a_conflict, a_revision_is_compared_in_full, an_ended_session_does_not_move,
        an_occupied_target_is_told_last];
    ROTATE_8: [a_rotation_to_itself_is_an_error, a_rotation_between_families_is_an_error];
}

async fn an_occupied_target_is_left_alone(s: Subject) -> Checked {
    for family in [s.key().family, s.owned_family()] {
        let target = s.hold(&s.key_in(family), &s.draft()).await?;
        let held = s.hold(&s.key_in(family), &s.draft()).await?;
        exists(&s, &held, &target).await?;
    }
    Ok(())
}

async fn a_tombstone_is_no_free_target(s: Subject) -> Checked {
    let family = s.owned_family();
    let first = s.hold(&s.key_in(family), &s.draft()).await?;
    let (moved, left) = s.move_to(&first, &s.key_in(family), &s.draft(), Some(&s.draft())).await?;
    let other = s.hold(&s.key_in(family), &s.draft()).await?;
    let buried = s.end_leaving(&other, None, &s.draft()).await?;
    for tombstone in left.iter().chain([&buried]) {
        exists(&s, &moved, tombstone).await?;
    }
    Ok(())
}

async fn exists(s: &Subject, held: &Held, target: &Held) -> Checked {
    for tombstone in [None, Some(s.draft())] {
        let answer =
            s.rotate((&held.key, held.revision), &target.key, &s.draft(), tombstone.as_ref()).await?;
        s.answers("rotate", "to a key that is in use", &answer, &RotateOutcome::Exists)?;
        s.intact(held, "after its rotation to a key that is in use").await?;
        s.intact(target, "after a rotation to its key").await?;
    }
    Ok(())
}

async fn an_expired_target_is_free(s: Subject) -> Checked {
    let family = s.owned_family();
    let target = s.hold(&s.key_in(family), &s.brief()).await?;
    let held = s.hold(&s.key_in(family), &s.draft()).await?;
    s.outlive(s.short());
    let (moved, _) = s.move_to(&held, &target.key, &s.draft(), None).await?;
    s.intact(&moved, "after a rotation to a key whose record had expired").await
}

async fn another_revision_is_a_conflict(s: Subject) -> Checked {
    for family in [s.key().family, s.owned_family()] {
        let seen = s.hold(&s.key_in(family), &s.draft()).await?;
        let held = s.rewrite(&seen, &s.draft()).await?;
        let to = s.key_in(family);
        for (expected, tombstone) in [(seen.revision, None), (s.revision(), Some(s.draft()))] {
            let asked = s.now();
            match s.rotate((&held.key, expected), &to, &s.draft(), tombstone.as_ref()).await? {
                RotateOutcome::Conflict(live) => {
                    s.is_still(Some(&live), &held, asked, "in the answer `Conflict`")?;
                }
                other => {
                    return Err(s.violation(format!("`rotate` with another revision answered {other:?}")));
                }
            }
            s.intact(&held, "after a rotation that expected another revision").await?;
            s.absent(&to, "after a rotation that expected another revision").await?;
        }
    }
    Ok(())
}

async fn a_revision_is_compared_in_full(s: Subject) -> Checked {
    let held = s.hold(&s.key_in(s.owned_family()), &s.draft()).await?;
    for near in s.near(held.revision) {
        let answer = s.rotate((&held.key, near), &s.key_in(held.key.family), &s.draft(), None).await?;
        s.check(matches!(answer, RotateOutcome::Conflict(_)), || {
            format!("`rotate` of a record whose revision differs in one bit answered {answer:?}")
        })?;
    }
    s.intact(&held, "after rotations that expected nearly its revision").await
}

async fn an_ended_session_does_not_move(s: Subject) -> Checked {
    for family in [s.key().family, s.owned_family()] {
        let never = Held::new(&s.key_in(family), &s.draft(), s.now(), s.now());
        let deleted = s.hold(&s.key_in(family), &s.draft()).await?;
        s.end(&deleted.key, None).await?;
        let expired = s.hold(&s.key_in(family), &s.brief()).await?;
        s.outlive(s.short());
        for (held, what) in [(never, "never created"), (deleted, "deleted"), (expired, "expired")] {
            for tombstone in [None, Some(s.draft())] {
                let to = s.key_in(family);
                let answer =
                    s.rotate((&held.key, held.revision), &to, &s.draft(), tombstone.as_ref()).await?;
                let when = format!("of a key that was {what}");
                s.answers("rotate", &when, &answer, &RotateOutcome::Gone)?;
                s.absent(&to, &format!("after a rotation to it {when}")).await?;
                s.absent(&held.key, &format!("after a rotation {when}")).await?;
            }
        }
        s.lists(&family, &[], "after rotations of sessions that had ended").await?;
    }
    Ok(())
}

async fn an_occupied_target_is_told_last(s: Subject) -> Checked {
    for family in [s.key().family, s.owned_family()] {
        let target = s.hold(&s.key_in(family), &s.draft()).await?;
        let held = s.hold(&s.key_in(family), &s.draft()).await?;
        let answer = s.rotate((&held.key, s.revision()), &target.key, &s.draft(), None).await?;
        s.check(matches!(answer, RotateOutcome::Conflict(_)), || {
            format!("`rotate` with another revision to a key that is in use answered {answer:?}")
        })?;
        let never = s.key_in(family);
        let answer = s.rotate((&never, s.revision()), &target.key, &s.draft(), None).await?;
        s.answers("rotate", "of an absent key to one that is in use", &answer, &RotateOutcome::Gone)?;
        s.intact(&held, "after its rotation was refused").await?;
        s.intact(&target, "after rotations to its key were refused").await?;
    }
    Ok(())
}

async fn a_rotation_to_itself_is_an_error(s: Subject) -> Checked {
    for family in [s.key().family, s.owned_family()] {
        let held = s.hold(&s.key_in(family), &s.draft()).await?;
        is_a_mistake(&s, &held, &held.key, "to itself").await?;
        let never = s.key_in(family);
        fails(&s, &Held { key: never, ..held.clone() }, &never, "of an absent key to itself").await?;
    }
    Ok(())
}

async fn a_rotation_between_families_is_an_error(s: Subject) -> Checked {
    let families = [(s.key().family, s.owned_family()), (s.owned_family(), s.owned_family())];
    for (one, other) in families.into_iter().flat_map(|(one, other)| [(one, other), (other, one)]) {
        let held = s.hold(&s.key_in(one), &s.draft()).await?;
        let to = s.key_in(other);
        is_a_mistake(&s, &held, &to, "to another family").await?;
        s.absent(&to, "after a rotation to another family").await?;
        s.lists(&other, &[], "after a rotation from another family").await?;
        s.end(&held.key, None).await?;
    }
    Ok(())
}

async fn is_a_mistake(s: &Subject, held: &Held, to: &StoreKey, what: &str) -> Checked {
    fails(s, held, to, what).await?;
    s.intact(held, &format!("after a rotation {what}")).await?;
    if held.key.family.is_owned() {
        s.lists(&held.key.family, &[held], &format!("after a rotation {what}")).await?;
    }
    Ok(())
}

async fn fails(s: &Subject, held: &Held, to: &StoreKey, what: &str) -> Checked {
    for tombstone in [None, Some(s.draft())] {
        let (draft, left) = (s.draft(), tombstone.as_ref().map(Draft::write));
        let answer = s.store.rotate(&held.key, held.revision, to, draft.write(), left).await;
        let seen = answer.as_ref().map_err(|error| (error.kind(), error.applied()));
        s.check(seen == Err((StoreErrorKind::Other, Applied::No)), || {
            format!(
                "`rotate` {what} answered {answer:?} and not an error of kind `Other` that was not applied"
            )
        })?;
    }
    Ok(())
}
