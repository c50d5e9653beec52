use std::{fmt, time::Duration};

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{CommitOutcome, CreateOutcome, DeleteOutcome, Revision, RotateOutcome, Stored, TouchOutcome},
};

use super::{
    attempt::Attempt,
    order::{may_be_old_to_new, may_be_the_oldest},
    world::World,
};
use crate::{
    Rule,
    model::State,
    rules,
    violation::{Checked, Flaw},
};

/// Performs each operation on the store and on the model, and compares the answers.
impl World<'_> {
    pub(super) async fn attempt(&mut self, attempt: Attempt) -> Checked {
        match &attempt {
            Attempt::Create { .. } => self.create(&attempt).await?,
            Attempt::Commit { .. } => self.commit(&attempt).await?,
            Attempt::Rotate { .. } => self.rotate(&attempt).await?,
            Attempt::Delete { .. } => self.delete(&attempt).await?,
        }
        self.last = Some(attempt);
        Ok(())
    }

    async fn create(&mut self, attempt: &Attempt) -> Checked {
        let Attempt::Create { key, draft, cap } = attempt else {
            return Ok(());
        };
        self.pass_a_moment();
        self.begin();
        let seen = self.s.create(key, draft, *cap).await?;
        self.in_time()?;
        let before = self.state.clone();
        let expected = self.model(|state, now| state.create(now, key, &draft.write(), *cap))?;
        let again = before.live(self.now, key).is_some();
        let sessions = before.sessions(self.now, &key.family);
        let agree = match (&seen, &expected) {
            (CreateOutcome::Created { evicted }, CreateOutcome::Created { .. }) if again => {
                evicted.iter().all(|digest| !sessions.iter().any(|(live, _)| live == digest))
            }
            (CreateOutcome::Created { evicted }, CreateOutcome::Created { evicted: wanted }) => {
                evicted.len() == wanted.len() && may_be_the_oldest(evicted, &sessions)
            }
            _ => seen == expected,
        };
        let rule = match &expected {
            CreateOutcome::Exists => &rules::CREATE_1,
            CreateOutcome::Full => &rules::FAMILY_3,
            CreateOutcome::Created { .. } if again => &rules::CREATE_2,
            CreateOutcome::Created { .. } if seen != CreateOutcome::Exists => &rules::FAMILY_3,
            CreateOutcome::Created { .. } if before.at(key).is_some() => &rules::LOAD_1,
            CreateOutcome::Created { .. } => &rules::LOAD_2,
        };
        self.agree(rule, "create", agree, &seen, &expected)?;
        self.blame(key, if again { rule } else { &rules::TTL_1 });
        if let (CreateOutcome::Created { evicted }, false) = (&seen, again) {
            self.remember(key, draft.next);
            // The store may choose among sessions of the same age, and the model follows.
            self.state = before.clone();
            for digest in evicted {
                let gone = StoreKey { digest: *digest, ..*key };
                self.state.forget(&gone);
                self.blame(&gone, &rules::FAMILY_3);
            }
            self.model(|state, now| state.create(now, key, &draft.write(), None))?;
            if !evicted.is_empty() {
                self.forget_removed_tombstones(&key.family).await?;
            }
        }
        Ok(())
    }

    async fn commit(&mut self, attempt: &Attempt) -> Checked {
        let Attempt::Commit { key, expected: base, draft } = attempt else {
            return Ok(());
        };
        if self.is_tombstone_of(key, *base) {
            return Ok(());
        }
        self.begin();
        let live = self.state.live(self.now, key).map(|entry| (entry.revision, entry.data.clone()));
        let seen = self.s.commit(key, *base, draft).await?;
        self.in_time()?;
        let expected = self.model(|state, now| state.commit(now, key, *base, &draft.write()))?;
        let agree = match (&seen, &expected) {
            (CommitOutcome::Conflict(seen), CommitOutcome::Conflict(expected)) => self.same(seen, expected),
            _ => seen == expected,
        };
        let rule = match (&expected, live) {
            (CommitOutcome::Gone, _) => &rules::COMMIT_2,
            (CommitOutcome::Written, Some((revision, _))) if revision == draft.next => &rules::COMMIT_3,
            (CommitOutcome::Written, Some((_, data))) if data == draft.data => &rules::COMMIT_5,
            _ => &rules::COMMIT_1,
        };
        self.agree(rule, "commit", agree, &seen, &expected)?;
        self.blame(key, rule);
        if expected == CommitOutcome::Written {
            self.remember(key, draft.next);
        }
        Ok(())
    }

    async fn rotate(&mut self, attempt: &Attempt) -> Checked {
        let Attempt::Rotate { from, expected: base, to, draft, tombstone } = attempt else {
            return Ok(());
        };
        if self.is_tombstone_of(from, *base) {
            return Ok(());
        }
        self.begin();
        let target = self.state.live(self.now, to).map(|entry| entry.revision);
        let tombstoned = self.state.live(self.now, from).is_some_and(|entry| entry.tombstone);
        let seen = self.s.rotate((from, *base), to, draft, tombstone.as_ref()).await?;
        self.in_time()?;
        let left = tombstone.as_ref().map(|tombstone| tombstone.write());
        let expected =
            self.model(|state, now| state.rotate(now, (from, to), *base, &draft.write(), left.as_ref()))?;
        let again = target == Some(draft.next);
        let agree = match (&seen, &expected) {
            (RotateOutcome::Conflict(seen), RotateOutcome::Conflict(expected)) => self.same(seen, expected),
            _ => seen == expected,
        };
        let rule = match &expected {
            RotateOutcome::Exists => &rules::ROTATE_3,
            RotateOutcome::Written if again => &rules::ROTATE_6,
            RotateOutcome::Written => &rules::ROTATE_1,
            RotateOutcome::Conflict(_) | RotateOutcome::Gone if tombstoned => &rules::ROTATE_2,
            RotateOutcome::Conflict(_) | RotateOutcome::Gone => &rules::ROTATE_7,
        };
        self.agree(rule, "rotate", agree, &seen, &expected)?;
        self.blame(from, rule);
        self.blame(to, rule);
        if expected == RotateOutcome::Written && !again {
            self.remember(to, draft.next);
        }
        Ok(())
    }

    pub(super) async fn touch(&mut self, key: &StoreKey, base: Revision, ttl: Duration) -> Checked {
        if self.is_tombstone_of(key, base) {
            return Ok(());
        }
        self.begin();
        let seen = self.s.touch(key, base, ttl).await?;
        self.in_time()?;
        let expected = self.model(|state, now| state.touch(now, key, base, ttl))?;
        let rule = match expected {
            TouchOutcome::Touched => &rules::TOUCH_2,
            TouchOutcome::Gone if self.state.live(self.now, key).is_some() => &rules::TOUCH_3,
            TouchOutcome::Gone => &rules::TOUCH_1,
        };
        self.agree(rule, "touch", seen == expected, &seen, &expected)?;
        self.blame(key, rule);
        Ok(())
    }

    async fn delete(&mut self, attempt: &Attempt) -> Checked {
        let Attempt::Delete { key, expected: base, tombstone } = attempt else {
            return Ok(());
        };
        self.begin();
        let next = tombstone.as_ref().map(|tombstone| tombstone.next);
        let live = self.state.live(self.now, key).map(|entry| entry.revision);
        let again = live.is_some() && live == next;
        let seen = self.s.bury(key, *base, tombstone.as_ref()).await?;
        self.in_time()?;
        let left = tombstone.as_ref().map(|tombstone| tombstone.write());
        let expected = self.model(|state, now| state.delete(now, key, *base, left.as_ref()))?;
        let agree = match (&seen, &expected) {
            (DeleteOutcome::Conflict(seen), DeleteOutcome::Conflict(expected)) => self.same(seen, expected),
            _ => seen == expected,
        };
        let rule = match expected {
            DeleteOutcome::Conflict(_) => &rules::DELETE_2,
            DeleteOutcome::Deleted if again => &rules::DELETE_4,
            DeleteOutcome::Deleted | DeleteOutcome::Gone => &rules::DELETE_1,
        };
        self.agree(rule, "delete", agree, &seen, &expected)?;
        let buried = expected == DeleteOutcome::Deleted && !again && tombstone.is_some();
        self.blame(key, if buried { &rules::DELETE_3 } else { rule });
        if let (true, Some(next)) = (buried, next) {
            self.remember(key, next);
        }
        Ok(())
    }

    pub(super) async fn list(&mut self, family: &Family) -> Checked {
        self.begin();
        let seen = self.s.list(family).await?;
        self.in_time()?;
        let sessions = self.state.sessions(self.now, family);
        let find = |digest: &Digest| sessions.iter().find(|(known, _)| known == digest);
        let all_known = seen.iter().all(|(digest, stored)| {
            find(digest).is_some_and(|(_, entry)| self.same(stored, &entry.stored(self.now)))
        });
        let mut oldest_first: Vec<Digest> = seen.iter().map(|(digest, _)| *digest).collect();
        oldest_first.reverse();
        let agree = all_known && seen.len() == sessions.len() && may_be_old_to_new(&oldest_first, &sessions);
        let expected: Vec<(Digest, Stored)> =
            sessions.iter().map(|(digest, entry)| (*digest, entry.stored(self.now))).collect();
        self.agree(&rules::FAMILY_1, "list", agree, &seen, &expected)
    }

    pub(super) async fn revoke(&mut self, family: &Family, keep: Option<&Digest>) -> Checked {
        self.begin();
        let seen = self.s.revoke(family, keep).await?;
        self.in_time()?;
        let expected = self.model(|state, now| Ok(state.revoke(now, family, keep)))?;
        self.agree(&rules::FAMILY_5, "revoke", seen == expected, &seen, &expected)?;
        for key in self.keys_in(family) {
            self.blame(&key, &rules::FAMILY_2);
        }
        self.forget_removed_tombstones(family).await
    }

    /// The store may keep or remove the tombstones of a family whose sessions it ended.
    async fn forget_removed_tombstones(&mut self, family: &Family) -> Checked {
        for key in self.keys_in(family) {
            self.begin();
            let tombstone = self.state.live(self.now, &key).is_some_and(|entry| entry.tombstone);
            if tombstone && self.s.load(&key).await?.is_none() {
                self.in_time()?;
                self.state.forget(&key);
            }
        }
        Ok(())
    }

    /// Other sequences leave expired records, too, so that only the limit can be compared.
    pub(super) async fn sweep(&mut self, limit: u32) -> Checked {
        // What differs already is no fault of the sweep.
        self.look().await?;
        let seen = self.s.sweep(limit).await?;
        self.agree(&rules::SWEEP_1, "sweep", seen <= u64::from(limit), &seen, &limit)?;
        self.look().await.map_err(|flaw| match flaw {
            Flaw::Violation(violation) => self.s.under(&rules::SWEEP_1).violation(violation.seen),
            other => other,
        })
    }

    fn model<T>(
        &mut self,
        ask: impl FnOnce(&mut State, Duration) -> Result<T, session_core::store::StoreError>,
    ) -> Checked<T> {
        ask(&mut self.state, self.now).map_err(|error| Flaw::Unable(format!("the model: {error}")))
    }

    /// The rules do not say what a write of a tombstone's own revision does.
    fn is_tombstone_of(&self, key: &StoreKey, revision: Revision) -> bool {
        let live = self.state.live(self.now, key);
        live.is_some_and(|entry| entry.tombstone && entry.revision == revision)
    }

    fn agree<T: fmt::Debug, U: fmt::Debug>(
        &self,
        rule: &'static Rule,
        operation: &str,
        agree: bool,
        seen: &T,
        expected: &U,
    ) -> Checked {
        let s = self.s.under(rule);
        s.check(agree, || format!("`{operation}` answered {seen:?} and not {expected:?}"))
    }
}
