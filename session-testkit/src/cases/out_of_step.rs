use std::{num::NonZeroU32, time::Duration};

use session_core::{
    id::StoreKey,
    store::{CommitOutcome, Page, Revision, Store as _, StoreError, Stored},
};
use tokio::time::timeout;

use super::outage::{AT_ONCE, recovers, warm};
use crate::{
    Condition,
    case::cases,
    subject::{Drive, Held, Subject, racer},
    violation::{Checked, Flaw},
};

cases! {
    FAULT_2: [
        answers_that_come_too_late_are_nobody_elses,
        answers_to_cancelled_calls_are_nobody_elses,
    ];
}

/// The ways to ask for what is stored under a key.
#[derive(Debug, Clone, Copy)]
enum Question {
    Load,
    List,
    /// A commit with a wrong revision, whose conflict contains the record.
    Commit(Revision),
}

impl Question {
    fn any(s: &Subject) -> Self {
        match s.shared.seed.next() % 3 {
            0 => Self::Load,
            1 => Self::List,
            _ => Self::Commit(s.revision()),
        }
    }

    async fn ask(self, s: &Subject, key: &StoreKey) -> Result<Option<Stored>, StoreError> {
        Ok(match self {
            Self::Load => s.store.load(key).await?,
            Self::List => s
                .store
                .list(&key.family, Page::first(NonZeroU32::MIN))
                .await?
                .sessions
                .pop()
                .map(|(_, stored)| stored),
            Self::Commit(revision) => match s.store.commit(key, revision, s.draft().write()).await? {
                CommitOutcome::Conflict(stored) => Some(stored),
                CommitOutcome::Written | CommitOutcome::Gone => None,
            },
        })
    }
}

async fn answers_that_come_too_late_are_nobody_elses(s: Subject) -> Checked {
    let secrets = secrets(&s).await?;
    for _ in 0..3 {
        warm(&s, &secrets.first().map_or_else(|| s.key(), |held| held.key))?;
        s.network()?.set(Condition::RepliesHeld);
        let unanswered: Vec<_> = secrets
            .iter()
            .map(|held| {
                let (key, question) = (held.key, Question::any(&s));
                s.start("load", move |s| async move { question.ask(&s, &key).await })
            })
            .collect::<Checked<_>>()?;
        for question in unanswered {
            // Another rule checks whether it fails; here it only leaves an answer behind.
            let _ = question.wait(&s, "while answers are late")?;
        }
        s.network()?.set(Condition::Working);
        each_has_its_own(&s, &secrets, "after answers came too late")?;
    }
    recovers(&s, "after answers came too late")?;
    each_has_its_own(&s, &secrets, "after answers came too late")
}

async fn answers_to_cancelled_calls_are_nobody_elses(s: Subject) -> Checked {
    if matches!(s.shared.drive, Drive::Plain) {
        return Err(Flaw::Inapplicable("a blocking call cannot be cancelled".to_owned()));
    }
    let secrets = secrets(&s).await?;
    warm(&s, &secrets.first().map_or_else(|| s.key(), |held| held.key))?;
    s.network()?.set(Condition::Slow(Duration::from_millis(1)));
    for _ in Subject::rounds() {
        for held in &secrets {
            // The answer takes at least two milliseconds and the distance, so that the limit often falls in its midst.
            let longest = Duration::from_millis(4) + s.pace().read() * 2;
            let limit = Duration::from_micros(s.shared.seed.next() % longest.as_micros().max(1) as u64);
            let cancelled = timeout(limit, Question::any(&s).ask(&s, &held.key)).await;
            if let Ok(answer) = cancelled {
                is_its_own(&s, held, &answer, "among calls that are cancelled")?;
            }
        }
        each_has_its_own(&s, &secrets, "after calls were cancelled")?;
    }
    recovers(&s, "after calls were cancelled")?;
    each_has_its_own(&s, &secrets, "after calls were cancelled")
}

/// Records with different bytes in different families, one for each concurrent question.
async fn secrets(s: &Subject) -> Checked<Vec<Held>> {
    let mut secrets = Vec::new();
    for _ in 0..AT_ONCE {
        secrets.push(s.hold(&s.key_in(s.owned_family()), &s.draft()).await?);
    }
    Ok(secrets)
}

/// Asks all questions at once. A question may fail, but must not get the answer of another one.
fn each_has_its_own(s: &Subject, secrets: &[Held], when: &str) -> Checked {
    let asks = secrets.iter().map(|held| {
        racer(move |s: Subject| async move {
            for _ in 0..3 {
                is_its_own(&s, held, &Question::any(&s).ask(&s, &held.key).await, when)?;
            }
            Ok(())
        })
    });
    s.race(asks.collect()).map(drop)
}

fn is_its_own(s: &Subject, held: &Held, answer: &Result<Option<Stored>, StoreError>, when: &str) -> Checked {
    let Ok(answer) = answer else { return Ok(()) };
    let seen = answer.as_ref().map(|stored| (stored.revision, &stored.data));
    s.check(seen == Some((held.revision, &held.data)), || match answer {
        Some(_) => format!("{when}, a question about one key was answered with the record of another"),
        None => format!("{when}, a record that is there was answered as absent"),
    })
}
