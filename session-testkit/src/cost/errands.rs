use std::num::NonZeroU32;

use session_core::store::{CommitOutcome, OnFull, Page};

use super::Errand;
use crate::{
    subject::{Held, Subject},
    violation::Checked,
};

impl Errand {
    /// Runs the errand once, and returns how often the operation asked the server. What leads up to it is not counted.
    pub(super) async fn run(self, s: &Subject) -> Checked<u64> {
        let family = s.owned_family();
        let (key, draft) = (s.key_in(family), s.draft());
        match self {
            Self::Load => {
                let held = held(s).await?;
                counted(s, s.intact(&held, "while round trips are counted")).await
            }
            Self::LoadAbsent => counted(s, s.absent(&key, "before anything was stored")).await,
            Self::Create => counted(s, s.hold(&s.key(), &draft)).await,
            Self::CreateOwned => {
                s.hold_many(family, 1).await?;
                counted(s, s.hold(&key, &draft)).await
            }
            Self::CreateCapped | Self::CreateEvicting => {
                s.hold_many(family, 2).await?;
                let max = if self == Self::CreateCapped { 3 } else { 2 };
                counted(s, s.hold_capped(&key, &draft, Subject::cap(max, OnFull::EvictOldest))).await
            }
            Self::Commit => {
                let held = held(s).await?;
                counted(s, s.rewrite(&held, &draft)).await
            }
            Self::CommitConflict => {
                let held = held(s).await?;
                counted(s, async {
                    let answer = s.commit(&held.key, s.revision(), &draft).await?;
                    s.check(matches!(answer, CommitOutcome::Conflict(_)), || {
                        format!("`commit` with another revision answered {answer:?}")
                    })
                })
                .await
            }
            Self::CommitGone => {
                counted(s, async {
                    let answer = s.commit(&key, s.revision(), &draft).await?;
                    s.answers("commit", "on a key that never was", &answer, &CommitOutcome::Gone)
                })
                .await
            }
            Self::Touch => {
                let held = held(s).await?;
                counted(s, s.extend(&held, Subject::LONG * 2)).await
            }
            Self::Rotate | Self::RotateLeaving => {
                let held = held(s).await?;
                let (to, tombstone) = (s.key_in(held.key.family), s.draft());
                let tombstone = (self == Self::RotateLeaving).then_some(&tombstone);
                counted(s, s.move_to(&held, &to, &draft, tombstone)).await
            }
            Self::Delete => {
                let held = held(s).await?;
                counted(s, s.end(&held.key, Some(held.revision))).await
            }
            Self::DeleteLeaving => {
                let held = held(s).await?;
                counted(s, s.end_leaving(&held, Some(held.revision), &draft)).await
            }
            Self::List => {
                s.hold_many(family, 12).await?;
                let page = Page::first(NonZeroU32::MIN.saturating_add(9));
                counted(s, s.list_page(&family, page)).await
            }
            Self::RevokeOne | Self::RevokeFifty => {
                let count = if self == Self::RevokeOne { 1 } else { 50 };
                s.hold_many(family, count).await?;
                counted(s, s.revoke(&family, None)).await
            }
            Self::Sweep => {
                for _ in 0..10 {
                    s.hold(&s.key_in(family), &s.brief()).await?;
                }
                s.outlive(s.short());
                counted(s, s.sweep(100)).await
            }
        }
    }
}

/// A session of an owner, which costs as much as any.
async fn held(s: &Subject) -> Checked<Held> {
    s.hold(&s.key_in(s.owned_family()), &s.draft()).await
}

async fn counted<T>(s: &Subject, operation: impl Future<Output = Checked<T>>) -> Checked<u64> {
    let before = s.round_trips()?;
    operation.await?;
    Ok(s.round_trips()?.saturating_sub(before))
}
