use std::{
    future::{Future, poll_fn},
    pin::pin,
    sync::atomic::{AtomicBool, Ordering},
    task::Poll,
    time::Duration,
};

use session_core::store::{CommitOutcome, CreateOutcome, DeleteOutcome, RotateOutcome};

use crate::case::cases;
use crate::{
    rules,
    subject::{Draft, Subject, racer},
    violation::Checked,
};

cases! {
    ROTATE_1: [racing_rotations_have_one_winner];
    ROTATE_2: [a_racing_commit_lands_or_conflicts, a_racing_touch_reaches_one_key_only];
    ROTATE_3: [racing_rotations_to_one_key_have_one_winner, a_racing_create_of_the_target_is_not_overwritten];
    ROTATE_4: [an_onlooker_sees_one_session_at_every_moment, a_rotation_that_is_dropped_leaves_one_session];
    ROTATE_6: [racing_repeats_of_one_rotation_all_succeed];
    DELETE_2: [a_racing_delete_has_seen_the_rotation_or_not];
}

async fn racing_rotations_have_one_winner(s: Subject) -> Checked {
    for round in Subject::rounds() {
        let family = if round % 2 == 0 { s.key().family } else { s.owned_family() };
        let held = s.hold(&s.key_in(family), &s.draft()).await?;
        let (held, tombstone) = (&held, (round % 3 == 0).then(|| s.draft()));
        let tombstone = tombstone.as_ref();
        let tries = s.race_many(3, |_, s| async move {
            let to = s.key_in(family);
            Ok((to, s.rotate((&held.key, held.revision), &to, &s.draft(), tombstone).await?))
        })?;
        let won = tries.iter().filter(|(_, answer)| *answer == RotateOutcome::Written).count();
        s.equal("winners of three racing rotations of one session", &won, &1)?;
        for (to, answer) in &tries {
            let stored = s.load(to).await?;
            s.equal(
                "a session at the target of a rotation that won",
                &stored.is_some(),
                &(*answer == RotateOutcome::Written),
            )?;
        }
        if family.is_owned() {
            let listed = s.list(&family).await?.len();
            s.equal("sessions listed after racing rotations of one", &listed, &1)?;
        }
    }
    Ok(())
}

async fn a_racing_commit_lands_or_conflicts(s: Subject) -> Checked {
    for _ in Subject::rounds() {
        let held = s.hold(&s.key(), &s.draft()).await?;
        let (held, to) = (&held, s.key_in(held.key.family));
        let (written, moved) = (&s.draft(), &s.draft());
        let answers = s.race(vec![
            racer(move |s: Subject| async move {
                Ok(s.commit(&held.key, held.revision, written).await? == CommitOutcome::Written)
            }),
            racer(move |s: Subject| async move {
                let answer = s.rotate((&held.key, held.revision), &to, moved, None).await?;
                Ok(answer == RotateOutcome::Written)
            }),
        ])?;
        let old = s.load(&held.key).await?.map(|stored| stored.revision);
        let new = s.load(&to).await?.map(|stored| stored.revision);
        let committed = (vec![true, false], Some(written.next), None);
        let rotated = (vec![false, true], None, Some(moved.next));
        let seen = (answers, old, new);
        s.check(seen == committed || seen == rotated, || {
            format!("a commit and a rotation of one revision left (who won, old key, new key) = {seen:?}")
        })?;
    }
    Ok(())
}

async fn a_racing_touch_reaches_one_key_only(s: Subject) -> Checked {
    for _ in Subject::rounds() {
        let held = s.hold(&s.key(), &s.draft()).await?;
        let (held, to) = (&held, s.key_in(held.key.family));
        let moved = &s.draft();
        s.race(vec![
            racer(move |s: Subject| async move {
                s.touch(&held.key, held.revision, Subject::LONG * 9).await.map(drop)
            }),
            racer(move |s: Subject| async move { s.move_to(held, &to, moved, None).await.map(drop) }),
        ])?;
        s.absent(&held.key, "under the old key, after a rotation that raced a touch").await?;
        let remaining = s.load(&to).await?.map(|stored| stored.remaining);
        s.check(remaining.is_some_and(|remaining| remaining <= moved.ttl + s.slack()), || {
            format!("a touch of the old key left the new one {remaining:?} to live, of {:?}", moved.ttl)
        })?;
    }
    Ok(())
}

async fn racing_rotations_to_one_key_have_one_winner(s: Subject) -> Checked {
    for _ in Subject::rounds() {
        let family = s.owned_family();
        let one = s.hold(&s.key_in(family), &s.draft()).await?;
        let two = s.hold(&s.key_in(family), &s.draft()).await?;
        let (sources, to) = ([&one, &two], s.key_in(family));
        let answers = s.race(
            sources
                .into_iter()
                .map(|held| {
                    racer(move |s: Subject| async move {
                        s.rotate((&held.key, held.revision), &to, &s.draft(), None).await
                    })
                })
                .collect(),
        )?;
        let won = answers.iter().filter(|answer| **answer == RotateOutcome::Written).count();
        s.equal("winners of two rotations to one key", &won, &1)?;
        for (held, answer) in sources.into_iter().zip(&answers) {
            if *answer == RotateOutcome::Written {
                s.absent(&held.key, "under the old key of the rotation that won").await?;
            } else {
                s.answers("rotate", "to a key that another had just taken", answer, &RotateOutcome::Exists)?;
                s.intact(held, "after its rotation lost the target").await?;
            }
        }
    }
    Ok(())
}

async fn a_racing_create_of_the_target_is_not_overwritten(s: Subject) -> Checked {
    for _ in Subject::rounds() {
        let family = s.owned_family();
        let held = s.hold(&s.key_in(family), &s.draft()).await?;
        let (held, to) = (&held, s.key_in(family));
        let (fresh, moved) = (&s.draft(), &s.draft());
        let answers = s.race(vec![
            racer(move |s: Subject| async move {
                Ok(matches!(s.create(&to, fresh, None).await?, CreateOutcome::Created { .. }))
            }),
            racer(move |s: Subject| async move {
                let answer = s.rotate((&held.key, held.revision), &to, moved, None).await?;
                Ok(answer == RotateOutcome::Written)
            }),
        ])?;
        let stored = s.load(&to).await?.map(|stored| stored.revision);
        let winner = if answers.first() == Some(&true) { fresh } else { moved };
        s.equal(
            "winners among a create of a key and a rotation to it",
            &answers.iter().filter(|won| **won).count(),
            &1,
        )?;
        s.equal("the revision of the target", &stored, &Some(winner.next))?;
    }
    Ok(())
}

/// A reader that finds no session under the old key must then find it under the new one.
async fn an_onlooker_sees_one_session_at_every_moment(s: Subject) -> Checked {
    for round in Subject::rounds() {
        let family = if round % 2 == 0 { s.key().family } else { s.owned_family() };
        let held = s.hold(&s.key_in(family), &s.draft()).await?;
        let (held, to, done) = (&held, s.key_in(family), &AtomicBool::new(false));
        let tombstone = (round % 3 == 0).then(|| s.draft());
        let tombstone = tombstone.as_ref();
        let mover = racer(move |s: Subject| async move {
            let moved = s.move_to(held, &to, &s.draft(), tombstone).await;
            done.store(true, Ordering::SeqCst);
            moved.map(drop)
        });
        let onlooker = || {
            racer(move |s: Subject| async move {
                loop {
                    let last = done.load(Ordering::SeqCst);
                    let old_first = is_session(&s, &held.key, held.revision).await?;
                    let new_after = s.load(&to).await?.is_some();
                    s.check(old_first || new_after, || {
                        "an onlooker found the session under neither key".to_owned()
                    })?;
                    let new_first = s.load(&to).await?.is_some();
                    let old_after = is_session(&s, &held.key, held.revision).await?;
                    s.check(!(new_first && old_after), || {
                        "an onlooker found the session under both keys".to_owned()
                    })?;
                    if last {
                        return Ok(());
                    }
                    std::thread::yield_now();
                }
            })
        };
        s.race(vec![onlooker(), mover, onlooker()])?;
    }
    Ok(())
}

async fn is_session(
    s: &Subject,
    key: &session_core::id::StoreKey,
    revision: session_core::store::Revision,
) -> Checked<bool> {
    Ok(s.load(key).await?.is_some_and(|stored| stored.revision == revision))
}

/// A cancelled request drops its rotation at some await point. A blocking rotation runs to its end.
async fn a_rotation_that_is_dropped_leaves_one_session(s: Subject) -> Checked {
    let tries = s.pace().affords(40, 4, 10);
    for polls in (0..40).step_by(usize::try_from(40 / tries).unwrap_or(1)) {
        let family = s.owned_family();
        let held = s.hold(&s.key_in(family), &s.draft()).await?;
        let (to, draft, tombstone) = (s.key_in(family), s.draft(), s.brief());
        dropped_after(polls, pause(&s), s.rotate((&held.key, held.revision), &to, &draft, Some(&tombstone)))
            .await;
        settles(&s, &held.key, held.revision, &to, &draft).await?;
    }
    Ok(())
}

/// A cancelled rotation may still arrive. The same rotation again must succeed in both cases.
async fn settles(
    s: &Subject,
    from: &session_core::id::StoreKey,
    expected: session_core::store::Revision,
    to: &session_core::id::StoreKey,
    draft: &Draft,
) -> Checked {
    let old = is_session(s, from, expected).await?;
    let new = s.load(to).await?.is_some();
    s.check(old || new, || "a rotation that was dropped midway left no session at all".to_owned())?;
    let answer = s.rotate((from, expected), to, draft, None).await?;
    s.answers("rotate", "again, after it was dropped midway", &answer, &RotateOutcome::Written)?;
    let old = is_session(s, from, expected).await?;
    s.check(!old, || "the old session was live after its rotation was tried again".to_owned())?;
    let listed = s.list(&to.family).await?.len();
    s.under(&rules::ROTATE_1).equal("sessions listed after it", &listed, &1)
}

/// The time between two polls, so that some of forty fall into every part of a rotation.
fn pause(s: &Subject) -> Duration {
    (s.pace().write() / 20).max(Duration::from_micros(20))
}

/// Polls a future this many times, with a pause in between, and drops it.
async fn dropped_after<T>(polls: u32, pause: Duration, future: impl Future<Output = T>) {
    let mut future = pin!(future);
    for _ in 0..polls {
        let done = poll_fn(|context| Poll::Ready(future.as_mut().poll(context).is_ready())).await;
        if done {
            return;
        }
        std::thread::sleep(pause);
    }
}

async fn racing_repeats_of_one_rotation_all_succeed(s: Subject) -> Checked {
    for round in Subject::rounds() {
        let family = if round % 2 == 0 { s.key().family } else { s.owned_family() };
        let held = s.hold(&s.key_in(family), &s.draft()).await?;
        let (held, to, draft) = (&held, s.key_in(family), &s.draft());
        let tombstone = (round % 3 == 0).then(|| s.draft());
        let tombstone = tombstone.as_ref();
        let answers = s.race_many(3, |_, s| async move {
            s.rotate((&held.key, held.revision), &to, draft, tombstone).await
        })?;
        s.check(answers.iter().all(|answer| *answer == RotateOutcome::Written), || {
            format!("three racing tries of one rotation answered {answers:?}")
        })?;
        let stored = s.load(&to).await?.map(|stored| stored.revision);
        s.equal("the revision under the new key", &stored, &Some(draft.next))?;
    }
    Ok(())
}

async fn a_racing_delete_has_seen_the_rotation_or_not(s: Subject) -> Checked {
    for _ in Subject::rounds() {
        let held = s.hold(&s.key_in(s.owned_family()), &s.draft()).await?;
        let (held, to) = (&held, s.key_in(held.key.family));
        let answers = s.race(vec![
            racer(move |s: Subject| async move {
                Ok(s.delete(&held.key, Some(held.revision)).await? == DeleteOutcome::Deleted)
            }),
            racer(move |s: Subject| async move {
                let answer = s.rotate((&held.key, held.revision), &to, &s.draft(), Some(&s.draft())).await?;
                Ok(answer == RotateOutcome::Written)
            }),
        ])?;
        let (deleted, moved) = (answers.first() == Some(&true), answers.get(1) == Some(&true));
        s.check(deleted != moved, || {
            format!("of a delete and a rotation with one revision, deleted: {deleted}, rotated: {moved}")
        })?;
        let left = s.load(&to).await?.is_some();
        s.equal("a session under the new key", &left, &moved)?;
    }
    Ok(())
}
