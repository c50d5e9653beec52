use session_core::store::{CommitOutcome, RotateOutcome, TouchOutcome};

use crate::case::cases;
use crate::{subject::Subject, violation::Checked};

cases! {
    FAMILY_2: [a_revoke_ends_every_session, a_revoke_keeps_the_one_it_was_told_to, a_revoked_session_stays_ended,
        a_session_created_after_a_revoke_lives, a_revoke_finds_sessions_that_the_index_lost,
        a_revoke_that_lost_its_index_keeps_what_it_was_told_to, a_revoked_key_is_free_again];
    FAMILY_5: [a_revoke_counts_what_it_ended, a_revoke_does_not_count_tombstones,
        a_revoke_of_an_anonymous_family_changes_nothing];
}

async fn a_revoke_ends_every_session(s: Subject) -> Checked {
    let family = s.owned_family();
    let sessions = s.hold_many(family, 5).await?;
    let other = s.hold(&s.key_in(s.owned_family()), &s.draft()).await?;
    let anonymous = s.hold(&s.key(), &s.draft()).await?;
    s.revoke(&family, None).await?;
    for held in &sessions {
        s.absent(&held.key, "after its family was revoked").await?;
    }
    s.lists(&family, &[], "after it was revoked").await?;
    s.intact(&other, "after another family was revoked").await?;
    s.intact(&anonymous, "after a family was revoked").await
}

async fn a_revoke_keeps_the_one_it_was_told_to(s: Subject) -> Checked {
    let family = s.owned_family();
    let sessions = s.hold_many(family, 4).await?;
    let keep = s.key_in(family);
    let kept = s.hold(&keep, &s.draft()).await?;
    let ended = s.revoke(&family, Some(&keep.digest)).await?;
    s.equal("sessions that a revoke of all but one ended", &ended, &4)?;
    for held in &sessions {
        s.absent(&held.key, "after all others were revoked").await?;
    }
    s.intact(&kept, "after all other sessions were revoked").await?;
    s.lists(&family, &[&kept], "after all other sessions were revoked").await?;
    let kept = s.rewrite(&kept, &s.draft()).await?;
    s.intact(&kept, "after it was kept and committed").await?;
    let unknown = s.digest();
    s.revoke(&family, Some(&unknown)).await?;
    s.absent(&keep, "after all but a session that does not exist were revoked").await
}

async fn a_revoked_session_stays_ended(s: Subject) -> Checked {
    let family = s.owned_family();
    let held = s.hold(&s.key_in(family), &s.draft()).await?;
    s.revoke(&family, None).await?;
    let commit = s.commit(&held.key, held.revision, &s.draft()).await?;
    s.answers("commit", "on a revoked session", &commit, &CommitOutcome::Gone)?;
    let touch = s.touch(&held.key, held.revision, Subject::LONG).await?;
    s.answers("touch", "of a revoked session", &touch, &TouchOutcome::Gone)?;
    let to = s.key_in(family);
    let rotate = s.rotate((&held.key, held.revision), &to, &s.draft(), None).await?;
    s.answers("rotate", "of a revoked session", &rotate, &RotateOutcome::Gone)?;
    s.absent(&held.key, "after commit, touch and rotate of a revoked session").await?;
    s.absent(&to, "after a revoked session was rotated to it").await?;
    s.lists(&family, &[], "after commit, touch and rotate of a revoked session").await
}

async fn a_session_created_after_a_revoke_lives(s: Subject) -> Checked {
    let family = s.owned_family();
    for _ in 0..3 {
        let held = s.hold(&s.key_in(family), &s.draft()).await?;
        s.intact(&held, "after it was created in a family that had been revoked").await?;
        let held = s.rewrite(&held, &s.draft()).await?;
        s.lists(&family, &[&held], "after a create that followed a revoke").await?;
        s.revoke(&family, None).await?;
        s.absent(&held.key, "after another revoke").await?;
    }
    Ok(())
}

async fn a_revoke_counts_what_it_ended(s: Subject) -> Checked {
    let family = s.owned_family();
    let none = s.revoke(&family, None).await?;
    s.equal("sessions ended in an empty family", &none, &0)?;
    for draft in [s.brief(), s.draft(), s.draft(), s.draft()] {
        s.hold(&s.key_in(family), &draft).await?;
    }
    s.outlive(s.short());
    let ended = s.revoke(&family, None).await?;
    s.equal("sessions ended in a family of three, beside an expired one", &ended, &3)?;
    let none = s.revoke(&family, None).await?;
    s.equal("sessions ended by the same revoke again", &none, &0)
}

async fn a_revoke_does_not_count_tombstones(s: Subject) -> Checked {
    let family = s.owned_family();
    let rotated = s.hold(&s.key_in(family), &s.draft()).await?;
    s.move_to(&rotated, &s.key_in(family), &s.draft(), Some(&s.draft())).await?;
    let deleted = s.hold(&s.key_in(family), &s.draft()).await?;
    s.end_leaving(&deleted, None, &s.draft()).await?;
    let kept = s.hold(&s.key_in(family), &s.draft()).await?;
    let ended = s.revoke(&family, Some(&kept.key.digest)).await?;
    s.equal("sessions ended beside two tombstones and the one kept", &ended, &1)?;
    let ended = s.revoke(&family, None).await?;
    s.equal("sessions ended after all but one had been", &ended, &1)
}

async fn a_revoke_of_an_anonymous_family_changes_nothing(s: Subject) -> Checked {
    let held = s.hold(&s.key(), &s.draft()).await?;
    let family = held.key.family;
    let second = s.hold(&s.key_in(family), &s.draft()).await?;
    let (moved, left) = s.move_to(&second, &s.key_in(family), &s.draft(), Some(&s.draft())).await?;
    for keep in [None, Some(held.key.digest)] {
        let ended = s.revoke(&family, keep.as_ref()).await?;
        s.equal("sessions ended in an anonymous family", &ended, &0)?;
        for held in [&held, &moved].into_iter().chain(&left) {
            s.intact(held, "after its anonymous family was revoked").await?;
        }
    }
    Ok(())
}

async fn a_revoke_finds_sessions_that_the_index_lost(s: Subject) -> Checked {
    let family = s.owned_family();
    let sessions = s.hold_many(family, 3).await?;
    s.lose_index(&family)?;
    s.revoke(&family, None).await?;
    for held in &sessions {
        s.absent(&held.key, "after a revoke that had no index").await?;
        let commit = s.commit(&held.key, held.revision, &s.draft()).await?;
        s.answers("commit", "after a revoke that had no index", &commit, &CommitOutcome::Gone)?;
    }
    Ok(())
}

async fn a_revoke_that_lost_its_index_keeps_what_it_was_told_to(s: Subject) -> Checked {
    let family = s.owned_family();
    let sessions = s.hold_many(family, 3).await?;
    let Some((kept, ended)) = sessions.split_last() else { return Ok(()) };
    s.lose_index(&family)?;
    s.revoke(&family, Some(&kept.key.digest)).await?;
    for held in ended {
        s.absent(&held.key, "after all others were revoked without an index").await?;
    }
    s.intact(kept, "after all others were revoked without an index").await
}

async fn a_revoked_key_is_free_again(s: Subject) -> Checked {
    let key = s.key_in(s.owned_family());
    s.hold(&key, &s.draft()).await?;
    s.revoke(&key.family, None).await?;
    let again = s.hold(&key, &s.draft()).await?;
    s.intact(&again, "after it was created where a session had been revoked").await?;
    s.lists(&key.family, &[&again], "after a create where a session had been revoked").await
}
