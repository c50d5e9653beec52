use std::{fmt, time::Duration};

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{
        Cap, CommitOutcome, CreateOutcome, DeleteOutcome, Revision, RotateOutcome, Stored, TouchOutcome,
    },
};

use super::{Draft, Held, Subject, held::show};
use crate::violation::{Checked, Flaw};

/// Operations with the one answer they must have, and what must be stored afterwards.
impl Subject {
    /// A new session under the key.
    pub(crate) async fn hold(&self, key: &StoreKey, draft: &Draft) -> Checked<Held> {
        Ok(self.hold_capped(key, draft, None).await?.0)
    }

    /// A new session under the key, and what was evicted for it.
    pub(crate) async fn hold_capped(
        &self,
        key: &StoreKey,
        draft: &Draft,
        cap: Option<Cap>,
    ) -> Checked<(Held, Vec<Digest>)> {
        let asked = self.now();
        match self.create(key, draft, cap).await? {
            CreateOutcome::Created { evicted } => Ok((self.held(key, draft, asked), evicted)),
            other => Err(self.violation(format!("`create` of a new key answered {other:?}"))),
        }
    }

    /// So many sessions in the family, oldest first, each created a moment after the one before.
    pub(crate) async fn hold_many(&self, family: Family, count: usize) -> Checked<Vec<Held>> {
        let mut held = Vec::new();
        for _ in 0..count {
            held.push(self.hold(&self.key_in(family), &self.draft()).await?);
            self.pass(self.slack());
        }
        Ok(held)
    }

    /// The session with another payload.
    pub(crate) async fn rewrite(&self, held: &Held, draft: &Draft) -> Checked<Held> {
        let asked = self.now();
        let answer = self.commit(&held.key, held.revision, draft).await?;
        self.unless_slow(held, answer == CommitOutcome::Gone)?;
        self.answers("commit", "with the expected revision", &answer, &CommitOutcome::Written)?;
        Ok(self.held(&held.key, draft, asked))
    }

    /// The session with another deadline.
    pub(crate) async fn extend(&self, held: &Held, ttl: Duration) -> Checked<Held> {
        let asked = self.now();
        let answer = self.touch(&held.key, held.revision, ttl).await?;
        self.unless_slow(held, answer == TouchOutcome::Gone)?;
        self.answers("touch", "of a live record with its revision", &answer, &TouchOutcome::Touched)?;
        Ok(Held { ttl, asked, answered: self.now(), ..held.clone() })
    }

    /// The session under another key, and the tombstone it leaves.
    pub(crate) async fn move_to(
        &self,
        held: &Held,
        to: &StoreKey,
        draft: &Draft,
        tombstone: Option<&Draft>,
    ) -> Checked<(Held, Option<Held>)> {
        let asked = self.now();
        let answer = self.rotate((&held.key, held.revision), to, draft, tombstone).await?;
        self.unless_slow(held, answer == RotateOutcome::Gone)?;
        self.answers("rotate", "of a live session to a free key", &answer, &RotateOutcome::Written)?;
        let left = tombstone.map(|tombstone| self.held(&held.key, tombstone, asked));
        Ok((self.held(to, draft, asked), left))
    }

    /// The session deleted.
    pub(crate) async fn end(&self, key: &StoreKey, expected: Option<Revision>) -> Checked {
        let answer = self.delete(key, expected).await?;
        self.answers("delete", "of a live record", &answer, &DeleteOutcome::Deleted)
    }

    /// The session deleted, and the tombstone that takes its place.
    pub(crate) async fn end_leaving(
        &self,
        held: &Held,
        expected: Option<Revision>,
        tombstone: &Draft,
    ) -> Checked<Held> {
        let asked = self.now();
        let answer = self.bury(&held.key, expected, Some(tombstone)).await?;
        self.unless_slow(held, answer == DeleteOutcome::Gone)?;
        self.answers("delete", "of a live record, leaving a tombstone", &answer, &DeleteOutcome::Deleted)?;
        Ok(self.held(&held.key, tombstone, asked))
    }

    pub(crate) fn answers<T: PartialEq + fmt::Debug>(
        &self,
        operation: &str,
        when: &str,
        seen: &T,
        expected: &T,
    ) -> Checked {
        self.check(seen == expected, || {
            format!("`{operation}` {when} answered {seen:?} and not {expected:?}")
        })
    }

    /// The record is there exactly as it was written, and its deadline is where it was set.
    pub(crate) async fn intact(&self, held: &Held, after: &str) -> Checked {
        let asked = self.now();
        let stored = self.load(&held.key).await?;
        self.is_still(stored.as_ref(), held, asked, after)
    }

    /// What was answered just now, since `asked`, is the record as it was written.
    pub(crate) fn is_still(
        &self,
        stored: Option<&Stored>,
        held: &Held,
        asked: Duration,
        after: &str,
    ) -> Checked {
        let oldest = self.now().saturating_sub(held.asked);
        let Some(stored) = stored else {
            // A slow machine may have let a short deadline pass; that says nothing about the store.
            let may_be_over = oldest + self.slack() >= held.ttl;
            return self.check(may_be_over, || {
                format!("{after}: the record was absent {oldest:?} after it was given {:?} to live", held.ttl)
            });
        };
        self.check(stored.revision == held.revision, || {
            format!("{after}: the record has {:?} and not {:?}", stored.revision, held.revision)
        })?;
        self.check(stored.data == held.data, || {
            format!("{after}: the record holds {} and not {}", show(&stored.data), show(&held.data))
        })?;
        let youngest = asked.saturating_sub(held.answered);
        let least = held.ttl.min(Self::FAR).saturating_sub(oldest + self.slack());
        let most = held.ttl.saturating_sub(youngest).saturating_add(self.slack());
        self.check((least..=most).contains(&stored.remaining) && !stored.remaining.is_zero(), || {
            format!(
                "{after}: {:?} remain, where {least:?} to {most:?} must of the {:?} it was given",
                stored.remaining, held.ttl
            )
        })
    }

    /// No store has to keep a longer deadline than this, though it must accept one (TTL-2).
    pub(crate) const FAR: Duration = Duration::from_hours(24 * 400);
    /// From as long as must be kept to as long as can be asked.
    pub(crate) const DISTANT: [Duration; 3] = [Self::FAR, Duration::from_hours(24 * 401), Duration::MAX];

    /// No live record is under the key.
    pub(crate) async fn absent(&self, key: &StoreKey, after: &str) -> Checked {
        let stored = self.load(key).await?;
        self.check(stored.is_none(), || format!("{after}: the key still answers {stored:?}"))
    }

    /// The family lists exactly these, in this order.
    pub(crate) async fn lists(&self, family: &Family, expected: &[&Held], after: &str) -> Checked {
        let asked = self.now();
        let listed = self.list(family).await?;
        let seen: Vec<Digest> = listed.iter().map(|(digest, _)| *digest).collect();
        let wanted: Vec<Digest> = expected.iter().map(|held| held.key.digest).collect();
        self.check(seen == wanted, || format!("{after}: the family lists {seen:?} and not {wanted:?}"))?;
        for ((_, stored), held) in listed.iter().zip(expected) {
            self.is_still(Some(stored), held, asked, &format!("{after}, in the list"))?;
        }
        Ok(())
    }

    /// A record that is gone proves nothing if the machine was so slow that its deadline has passed.
    fn unless_slow(&self, held: &Held, gone: bool) -> Checked {
        if gone { self.in_time(held.asked, held.ttl) } else { Ok(()) }
    }

    /// Whether less than this time has passed since that moment. Otherwise a failure proves nothing.
    pub(crate) fn in_time(&self, since: Duration, limit: Duration) -> Checked {
        if self.now().saturating_sub(since) + self.slack() < limit {
            return Ok(());
        }
        Err(Flaw::Unable("the machine was too slow for the deadlines of this case".to_owned()))
    }

    fn held(&self, key: &StoreKey, draft: &Draft, asked: Duration) -> Held {
        Held::new(key, draft, asked, self.now())
    }
}
