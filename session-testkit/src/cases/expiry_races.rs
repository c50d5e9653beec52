use std::time::Duration;

use session_core::id::StoreKey;

use crate::case::cases;
use crate::{
    subject::{Held, Subject, racer},
    violation::Checked,
};

cases! {
    CLOCK_2: [a_touch_that_waited_revives_nothing, a_commit_that_waited_revives_nothing,
        a_rotation_that_waited_revives_nothing];
}

/// A write that keeps a session alive if it comes before the deadline.
#[derive(Debug, Clone, Copy)]
enum Late {
    Touch,
    Commit,
    Rotate,
}

async fn a_touch_that_waited_revives_nothing(s: Subject) -> Checked {
    none_revives(&s, Late::Touch).await
}

async fn a_commit_that_waited_revives_nothing(s: Subject) -> Checked {
    none_revives(&s, Late::Commit).await
}

async fn a_rotation_that_waited_revives_nothing(s: Subject) -> Checked {
    none_revives(&s, Late::Rotate).await
}

/// One request has seen the session expired after a later write had its turn, and another still waits for its own.
async fn none_revives(s: &Subject, late: Late) -> Checked {
    for round in Subject::rounds() {
        let key = if round % 2 == 0 { s.key() } else { s.key_in(s.owned_family()) };
        let held = &s.hold(&key, &s.brief()).await?;
        let to = s.key_in(key.family);
        if s.shared.time.is_real() {
            // The writers come to the store within two milliseconds around the deadline, however long their way is.
            let early = Duration::from_micros(s.shared.seed.next() % 4000) + s.pace().read() / 2;
            s.pass((held.answered + held.ttl).saturating_sub(s.now() + early));
        }
        let writer = racer(move |s: Subject| async move { write(&s, held, &to, late).await.map(|()| false) });
        // Others that want the same lock make the writer wait.
        let others = || {
            racer(move |s: Subject| async move {
                for _ in 0..3 {
                    s.touch(&held.key, s.revision(), Subject::LONG).await?;
                }
                Ok(false)
            })
        };
        let reader = racer(move |s: Subject| async move {
            if !s.shared.time.is_real() {
                s.outlive(held.ttl);
            }
            for _ in 0..20 {
                // What was in the middle of its turn at the deadline has ended before this write gets one.
                s.delete(&held.key, Some(s.revision())).await?;
                if s.load(&held.key).await?.is_none() {
                    // A rotation that came in time has left the session there.
                    return Ok(s.load(&to).await?.is_none());
                }
            }
            Ok(false)
        });
        let seen_expired = s.race(vec![writer, reader, others(), others()])?.contains(&true);
        if seen_expired {
            for key in [&held.key, &to] {
                s.absent(key, &format!("after it was seen expired, and a {late:?} had waited for its turn"))
                    .await?;
            }
        }
    }
    Ok(())
}

async fn write(s: &Subject, held: &Held, to: &StoreKey, late: Late) -> Checked {
    match late {
        Late::Touch => s.touch(&held.key, held.revision, Subject::LONG).await.map(drop),
        Late::Commit => s.commit(&held.key, held.revision, &s.draft()).await.map(drop),
        Late::Rotate => s.rotate((&held.key, held.revision), to, &s.draft(), None).await.map(drop),
    }
}
