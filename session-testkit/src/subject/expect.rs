use std::{fmt, time::Duration};

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{
        Cap, CommitOutcome, CreateOutcome, DeleteOutcome, Revision, RotateOutcome, Stored, TouchOutcome,
    },
};

use super::{Draft, Held, Subject, held::show};
use crate::violation::{Checked, Flaw};

/// Operations that must have a certain answer, and checks of what is stored afterwards.
impl Subject {
    /// Creates a session under the key.
    pub(crate) async fn hold(&self, key: &StoreKey, draft: &Draft) -> Checked<Held> {
        Ok(self.hold_capped(key, draft, None).await?.0)
    }

    /// Creates a session under the key. Returns the evicted ones, too.
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

    /// Creates this many sessions in the family, oldest first, each a moment after the one before.
    pub(crate) async fn hold_many(&self, family: Family, count: usize) -> Checked<Vec<Held>> {
        let mut held = Vec::new();
        for _ in 0..count {
            held.push(self.hold(&self.key_in(family), &self.draft()).await?);
            self.pass(self.slack());
        }
        Ok(held)
    }

    /// Commits another payload.
    pub(crate) async fn rewrite(&self, held: &Held, draft: &Draft) -> Checked<Held> {
        let asked = self.now();
        let answer = self.commit(&held.key, held.revision, draft).await?;
        self.unless_slow(held, answer == CommitOutcome::Gone)?;
        self.answers("commit", "with the expected revision", &answer, &CommitOutcome::Written)?;
        Ok(self.held(&held.key, draft, asked))
    }

    /// Touches the session with another deadline.
    pub(crate) async fn extend(&self, held: &Held, ttl: Duration) -> Checked<Held> {
        let asked = self.now();
        let answer = self.touch(&held.key, held.revision, ttl).await?;
        self.unless_slow(held, answer == TouchOutcome::Gone)?;
        self.answers("touch", "of a live record with its revision", &answer, &TouchOutcome::Touched)?;
        Ok(Held { ttl, asked, answered: self.now(), ..held.clone() })
    }

    /// Rotates the session to another key. Returns the tombstone, too.
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

    /// Deletes the session.
    pub(crate) async fn end(&self, key: &StoreKey, expected: Option<Revision>) -> Checked {
        let answer = self.delete(key, expected).await?;
        self.answers("delete", "of a live record", &answer, &DeleteOutcome::Deleted)
    }

    /// Deletes the session and returns the tombstone that takes its place.
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

    /// Checks that the record is stored exactly as it was written, with its deadline.
    pub(crate) async fn intact(&self, held: &Held, after: &str) -> Checked {
        let asked = self.now();
        let stored = self.load(&held.key).await?;
        self.is_still(stored.as_ref(), held, asked, after)
    }

    /// Checks that a record, loaded since `asked`, is the one that was written.
    pub(crate) fn is_still(
        &self,
        stored: Option<&Stored>,
        held: &Held,
        asked: Duration,
        after: &str,
    ) -> Checked {
        let oldest = self.now().saturating_sub(held.asked);
        let Some(stored) = stored else {
            // A short deadline can pass on a slow machine, which says nothing about the store.
            self.in_time(held.asked, held.ttl)?;
            return Err(self.violation(format!(
                "{after}: the record was absent {oldest:?} after it was given {:?} to live",
                held.ttl
            )));
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

    /// The longest deadline that a store must keep. It must accept a longer one, too (TTL-2).
    pub(crate) const FAR: Duration = Duration::from_hours(24 * 400);
    /// From the longest deadline that must be kept to the longest that can be given.
    pub(crate) const DISTANT: [Duration; 3] = [Self::FAR, Duration::from_hours(24 * 401), Duration::MAX];

    /// Checks that no live record is under the key.
    pub(crate) async fn absent(&self, key: &StoreKey, after: &str) -> Checked {
        let stored = self.load(key).await?;
        self.check(stored.is_none(), || format!("{after}: the key still answers {stored:?}"))
    }

    /// Checks that the family lists exactly these sessions, in this order.
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

    /// Ends the case if the record is gone because the machine was so slow that its deadline has passed.
    fn unless_slow(&self, held: &Held, gone: bool) -> Checked {
        if gone { self.in_time(held.asked, held.ttl) } else { Ok(()) }
    }

    /// Ends the case if this time has passed since that moment, because then an expired record proves nothing. The case
    /// is tried again with longer deadlines.
    pub(crate) fn in_time(&self, since: Duration, limit: Duration) -> Checked {
        if self.now().saturating_sub(since) + self.slack() < limit {
            return Ok(());
        }
        Err(Flaw::Late(format!("more than {limit:?} passed where less was assumed")))
    }

    fn held(&self, key: &StoreKey, draft: &Draft, asked: Duration) -> Held {
        Held::new(key, draft, asked, self.now())
    }
}
