use std::sync::atomic::{AtomicBool, Ordering};

use session_core::{
    id::Digest,
    store::{CreateOutcome, RotateOutcome},
};

use crate::case::cases;
use crate::{
    rules,
    subject::{Held, Subject, racer},
    violation::Checked,
};

cases! {
    FAMILY_2: [a_revoke_races_rotations, a_revoke_races_commits_and_touches, a_revoke_races_creates,
        whatever_was_seen_before_a_revoke_is_ended];
    FAMILY_1: [a_racing_create_is_loadable_and_listed_or_neither, a_list_races_a_rotation];
}

/// The session is under neither key afterwards, in whichever order the two operations came.
async fn a_revoke_races_rotations(s: Subject) -> Checked {
    for round in Subject::rounds() {
        let family = s.owned_family();
        let (one, two) =
            (s.hold(&s.key_in(family), &s.draft()).await?, s.hold(&s.key_in(family), &s.draft()).await?);
        let tombstone = (round % 2 == 0).then(|| s.draft());
        let tombstone = tombstone.as_ref();
        // A rotation and another one on top of it, so that one is always in flight.
        let mover = |held: &Held| {
            let (key, revision) = (held.key, held.revision);
            racer(move |s: Subject| async move {
                let (first, second) = (s.key_in(family), s.key_in(family));
                let draft = s.draft();
                if s.rotate((&key, revision), &first, &draft, tombstone).await? == RotateOutcome::Written {
                    s.rotate((&first, draft.next), &second, &s.draft(), tombstone).await?;
                }
                Ok(vec![key, first, second])
            })
        };
        let revoker = racer(move |s: Subject| async move {
            s.revoke(&family, None).await?;
            Ok(Vec::new())
        });
        let keys = s.race(vec![mover(&one), revoker, mover(&two)])?;
        let listed = s.list(&family).await?;
        s.check(listed.is_empty(), || {
            format!("{} sessions live on after a revoke that raced their rotation", listed.len())
        })?;
        for key in keys.iter().flatten() {
            let left = s.load(key).await?.map(|stored| stored.revision);
            let dead = left.is_none() || left == tombstone.map(|tombstone| tombstone.next);
            s.check(dead, || format!("{:?} is loadable after a revoke that raced its rotation", key.digest))?;
        }
    }
    Ok(())
}

async fn a_revoke_races_commits_and_touches(s: Subject) -> Checked {
    for _ in Subject::rounds() {
        let family = s.owned_family();
        let held = s.hold(&s.key_in(family), &s.draft()).await?;
        let held = &held;
        s.race(vec![
            racer(move |s: Subject| async move {
                let draft = s.draft();
                s.commit(&held.key, held.revision, &draft).await?;
                s.commit(&held.key, draft.next, &s.draft()).await.map(drop)
            }),
            racer(move |s: Subject| async move { s.revoke(&family, None).await.map(drop) }),
            racer(move |s: Subject| async move {
                s.touch(&held.key, held.revision, Subject::LONG).await.map(drop)
            }),
        ])?;
        s.absent(&held.key, "after a revoke that raced commits and a touch").await?;
        s.lists(&family, &[], "after a revoke that raced commits and a touch").await?;
    }
    Ok(())
}

/// A create that races a revoke comes before or after it. The next revoke ends what it left.
async fn a_revoke_races_creates(s: Subject) -> Checked {
    for _ in Subject::rounds() {
        let family = s.owned_family();
        let before = s.hold(&s.key_in(family), &s.draft()).await?;
        let create =
            || racer(move |s: Subject| async move { Ok(vec![s.hold(&s.key_in(family), &s.draft()).await?]) });
        let revoker = racer(move |s: Subject| async move {
            s.revoke(&family, None).await?;
            Ok(Vec::new())
        });
        let created = s.race(vec![create(), revoker, create()])?;
        s.absent(&before.key, "after a revoke that raced creates").await?;
        s.revoke(&family, None).await?;
        for held in created.iter().flatten() {
            s.absent(&held.key, "after a revoke, created beside an earlier one").await?;
        }
        s.lists(&family, &[], "after a second revoke").await?;
    }
    Ok(())
}

/// A session that a request has loaded exists, even if its create has not answered yet.
async fn whatever_was_seen_before_a_revoke_is_ended(s: Subject) -> Checked {
    for _ in Subject::rounds() {
        let (key, created) = (s.key_in(s.owned_family()), &AtomicBool::new(false));
        s.race(vec![
            racer(move |s: Subject| async move {
                let answer = s.create(&key, &s.draft(), None).await;
                created.store(true, Ordering::SeqCst);
                answer.map(drop)
            }),
            racer(move |s: Subject| async move {
                while s.load(&key).await?.is_none() {
                    let over = created.load(Ordering::SeqCst);
                    // Loads once more after the create has answered, because the create may have come in between.
                    if over && s.load(&key).await?.is_none() {
                        return Err(s.under(&rules::CREATE_1).violation("a created record was absent"));
                    }
                }
                s.revoke(&key.family, None).await.map(drop)
            }),
        ])?;
        s.absent(&key, "after a revoke by someone who had loaded it").await?;
    }
    Ok(())
}

async fn a_racing_create_is_loadable_and_listed_or_neither(s: Subject) -> Checked {
    for _ in Subject::rounds() {
        let family = s.owned_family();
        let created = s.race_many(3, |_, s| async move {
            let key = s.key_in(family);
            let answer = s.create(&key, &s.draft(), None).await?;
            Ok((key, matches!(answer, CreateOutcome::Created { .. })))
        })?;
        let listed = s.list(&family).await?;
        for (key, created) in &created {
            let is_listed = listed.iter().any(|(digest, _)| *digest == key.digest);
            s.equal(
                "a session created in a race: (answered so, listed)",
                &(true, is_listed),
                &(*created, true),
            )?;
        }
        s.equal("sessions listed after three racing creates", &listed.len(), &3)?;
    }
    Ok(())
}

/// The list contains a session that moves meanwhile, under the old key or the new one.
async fn a_list_races_a_rotation(s: Subject) -> Checked {
    for round in Subject::rounds() {
        let family = s.owned_family();
        let sessions = s.hold_many(family, 3).await?;
        let Some(moving) = sessions.get(1) else { return Ok(()) };
        let (from, revision, to) = (moving.key, moving.revision, s.key_in(family));
        let tombstone = (round % 2 == 0).then(|| s.draft());
        let tombstone = tombstone.as_ref();
        let mover = racer(move |s: Subject| async move {
            s.rotate((&from, revision), &to, &s.draft(), tombstone).await?;
            Ok(Vec::new())
        });
        let reader = || {
            racer(move |s: Subject| async move {
                Ok(s.list(&family).await?.into_iter().map(|(digest, _)| digest).collect::<Vec<_>>())
            })
        };
        let before: Vec<Digest> = sessions.iter().rev().map(|held| held.key.digest).collect();
        let after: Vec<Digest> =
            before.iter().map(|digest| if *digest == from.digest { to.digest } else { *digest }).collect();
        for seen in s.race(vec![reader(), mover, reader()])?.into_iter().filter(|seen| !seen.is_empty()) {
            s.check(seen == before || seen == after, || {
                format!("a list that raced a rotation: {seen:?}, expected {before:?} or {after:?}")
            })?;
        }
    }
    Ok(())
}
