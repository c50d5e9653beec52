use session_core::{
    id::{Digest, Family, StoreKey},
    store::{CommitOutcome, OnFull, RotateOutcome, TouchOutcome},
};

use crate::case::cases;
use crate::{
    subject::{Held, Subject},
    violation::Checked,
};

cases! {
    FAMILY_1: [a_list_is_newest_first, a_list_has_the_live_sessions_only, writes_keep_the_order, a_rotated_session_keeps_its_age,
        an_anonymous_family_lists_nothing, a_long_list_is_complete];
    FAMILY_2: [a_revoke_ends_every_session, a_revoke_keeps_the_one_it_was_told_to, a_revoked_session_stays_ended,
        a_session_created_after_a_revoke_lives, a_revoke_finds_sessions_that_the_index_lost];
    FAMILY_5: [a_revoke_counts_what_it_ended, a_revoke_does_not_count_tombstones,
        a_revoke_of_an_anonymous_family_changes_nothing];
    FAMILY_4: [families_with_special_bytes_are_apart, two_stores_are_apart];
}

async fn a_list_is_newest_first(s: Subject) -> Checked {
    let family = s.owned_family();
    s.lists(&family, &[], "before anything was stored").await?;
    let sessions = s.hold_many(family, 6).await?;
    s.lists(&family, &newest_first(&sessions), "after six creates").await
}

async fn a_list_has_the_live_sessions_only(s: Subject) -> Checked {
    let family = s.owned_family();
    let expired = s.hold(&s.key_in(family), &s.brief()).await?;
    let sessions = s.hold_many(family, 3).await?;
    let deleted = s.hold(&s.key_in(family), &s.draft()).await?;
    s.end(&deleted.key, None).await?;
    s.hold(&s.key_in(s.owned_family()), &s.draft()).await?;
    s.outlive(s.short());
    s.absent(&expired.key, "after its deadline").await?;
    s.lists(&family, &newest_first(&sessions), "after one expired and one was deleted").await
}

async fn writes_keep_the_order(s: Subject) -> Checked {
    let family = s.owned_family();
    let mut sessions = s.hold_many(family, 3).await?;
    if let Some(oldest) = sessions.first_mut() {
        *oldest = s.rewrite(oldest, &s.draft().living(Subject::LONG * 2)).await?;
    }
    if let Some(second) = sessions.get_mut(1) {
        *second = s.extend(second, Subject::LONG * 3).await?;
    }
    s.lists(&family, &newest_first(&sessions), "after the oldest was committed and the next touched").await
}

async fn a_rotated_session_keeps_its_age(s: Subject) -> Checked {
    for tombstone in [None, Some(s.draft())] {
        let family = s.owned_family();
        let mut sessions = s.hold_many(family, 3).await?;
        for held in sessions.iter_mut().take(2).rev() {
            s.pass(s.slack());
            (*held, _) = s.move_to(held, &s.key_in(family), &s.draft(), tombstone.as_ref()).await?;
        }
        s.lists(&family, &newest_first(&sessions), "after the two oldest of three were rotated").await?;
        s.pass(s.slack());
        let cap = Subject::cap(3, OnFull::EvictOldest);
        let (new, evicted) = s.hold_capped(&s.key_in(family), &s.draft(), cap).await?;
        let oldest: Vec<Digest> = sessions.drain(..1).map(|held| held.key.digest).collect();
        s.equal("evicted, where the oldest session had been rotated last", &evicted, &oldest)?;
        sessions.push(new);
        s.lists(&family, &newest_first(&sessions), "after the oldest session was evicted").await?;
    }
    Ok(())
}

async fn an_anonymous_family_lists_nothing(s: Subject) -> Checked {
    let held = s.hold(&s.key(), &s.draft()).await?;
    s.lists(&held.key.family, &[], "an anonymous family").await?;
    s.intact(&held, "after its anonymous family was listed").await
}

async fn a_long_list_is_complete(s: Subject) -> Checked {
    let family = s.owned_family();
    let mut wanted = Vec::new();
    // More than the hundred at which some lists end.
    for _ in 0..s.pace().affords(150, 1, 110) {
        wanted.push(s.hold(&s.key_in(family), &s.draft()).await?.key.digest);
    }
    let mut seen: Vec<Digest> = s.list(&family).await?.into_iter().map(|(digest, _)| digest).collect();
    seen.sort_unstable();
    wanted.sort_unstable();
    s.check(seen == wanted, || format!("a family of {} sessions lists {}", wanted.len(), seen.len()))
}

fn newest_first(sessions: &[Held]) -> Vec<&Held> {
    sessions.iter().rev().collect()
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

async fn families_with_special_bytes_are_apart(s: Subject) -> Checked {
    let special: [&[u8; 15]; 8] = [
        b"***************",
        b"???????????????",
        b"[a-z]*[^b]?\\{1}",
        b"{}{}{}{}{}{}{}{",
        b"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
        b"%%%%%%%%%%%%%%_",
        b"\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\",
        b"'; DROP TABLE--",
    ];
    let mut families: Vec<Family> = special.iter().map(|tail| owned(tail)).collect();
    families.extend([owned(&[0xff; 15]), owned(b"plain letters.."), owned(b"\r\n\r\n :$*\r\n\t    ")]);
    // Each is revoked once before all the others and once after them.
    for _ in 0..2 {
        apart(&s, &families).await?;
        families.reverse();
    }
    Ok(())
}

async fn apart(s: &Subject, families: &[Family]) -> Checked {
    let mut left = Vec::new();
    for family in families {
        // A digest of special bytes next to a plain one.
        let special = StoreKey { family: *family, digest: Digest::from_bytes([b'*'; 32]) };
        let first = s.hold(&special, &s.draft()).await?;
        s.pass(s.slack());
        let second = s.hold(&s.key_in(*family), &s.draft()).await?;
        left.push((*family, [first, second]));
    }
    while let Some((family, ended)) = left.pop() {
        s.revoke(&family, None).await?;
        for held in &ended {
            s.absent(&held.key, &format!("after {:02x?} was revoked", family.as_bytes())).await?;
        }
        for (other, sessions) in &left {
            let after = format!("after {:02x?} was revoked, {:02x?}", family.as_bytes(), other.as_bytes());
            s.lists(other, &newest_first(sessions), &after).await?;
        }
    }
    Ok(())
}

fn owned(tail: &[u8; 15]) -> Family {
    let mut bytes = [0x80 | b'*'; 16];
    for (to, from) in bytes.iter_mut().skip(1).zip(tail) {
        *to = *from;
    }
    Family::from_bytes(bytes)
}

async fn two_stores_are_apart(s: Subject) -> Checked {
    let other = s.another_store()?;
    let key = s.key_in(s.owned_family());
    let here = s.hold(&key, &s.draft()).await?;
    other.absent(&key, "in another store, after it was created in the first").await?;
    let there = other.hold(&key, &other.draft()).await?;
    s.intact(&here, "after the same key was created in another store").await?;
    other.revoke(&key.family, None).await?;
    other.absent(&there.key, "after it was revoked").await?;
    s.lists(&key.family, &[&here], "after the same family was revoked in another store").await
}
