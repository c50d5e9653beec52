use session_core::{
    id::StoreKey,
    store::{CommitOutcome, CreateOutcome, DeleteOutcome, OnFull, RotateOutcome, TouchOutcome},
};

use crate::case::cases;
use crate::{
    subject::{Held, Subject},
    violation::Checked,
};

cases! {
    PEER_1: [a_session_made_elsewhere_is_seen, a_commit_made_elsewhere_is_seen, a_deadline_set_elsewhere_counts,
        a_rotation_made_elsewhere_is_seen, an_end_made_elsewhere_is_seen,
        an_attempt_made_elsewhere_is_recognised];
}

/// Two instances and a key: here something is done, there it must be seen.
pub(super) struct Pair {
    pub(super) here: Subject,
    pub(super) there: Subject,
    pub(super) key: StoreKey,
}

impl Pair {
    /// There and back, each with a key of an anonymous family and of an owned one.
    pub(super) fn all(s: &Subject) -> Checked<Vec<Self>> {
        let [one, other] = s.instances()?;
        let mut pairs = Vec::new();
        for (here, there) in [(&one, &other), (&other, &one)] {
            for key in [s.key(), s.key_in(s.owned_family())] {
                pairs.push(Self { here: here.clone(), there: there.clone(), key });
            }
        }
        Ok(pairs)
    }

    /// Creates the session on either instance, in turn, and has it read there, as a cache would remember it.
    async fn known(&self, made_here: bool) -> Checked<Held> {
        let maker = if made_here { &self.here } else { &self.there };
        let key =
            self.here.key_in(if self.key.is_owned() { self.here.owned_family() } else { self.key.family });
        let held = maker.hold(&key, &maker.draft()).await?;
        self.sees(&[&held], "a create").await?;
        Ok(held)
    }

    /// Checks that the sessions are seen there, and that the family has no other.
    pub(super) async fn sees(&self, live: &[&Held], after: &str) -> Checked {
        for held in live {
            self.there.intact(held, &format!("after {after} by another instance")).await?;
        }
        let Some(owned) = live.first().filter(|held| held.key.is_owned()) else {
            return Ok(());
        };
        self.there.lists(&owned.key.family, live, &format!("after {after} by another instance")).await
    }

    /// Checks that nothing is seen there under the key.
    pub(super) async fn misses(&self, key: &StoreKey, after: &str) -> Checked {
        self.there.absent(key, &format!("after {after} by another instance")).await
    }
}

async fn a_session_made_elsewhere_is_seen(s: Subject) -> Checked {
    for pair in Pair::all(&s)? {
        let Pair { here, there, key } = &pair;
        // An instance may remember that nothing was there.
        pair.misses(key, "nothing").await?;
        there.lists(&key.family, &[], "before anything was created").await?;
        let first = here.hold(key, &here.draft()).await?;
        pair.sees(&[&first], "a create").await?;
        let second = there.create(key, &there.draft(), None).await?;
        s.answers("create", "of a key that another instance took", &second, &CreateOutcome::Exists)?;
        pair.sees(&[&first], "a create").await?;
    }
    Ok(())
}

async fn a_commit_made_elsewhere_is_seen(s: Subject) -> Checked {
    for (pair, made_here) in Pair::all(&s)?.iter().zip([true, false, false, true]) {
        let Pair { here, there, .. } = pair;
        let first = pair.known(made_here).await?;
        let second = here.rewrite(&first, &here.draft()).await?;
        pair.sees(&[&second], "a commit").await?;
        match there.commit(&first.key, first.revision, &there.draft()).await? {
            CommitOutcome::Conflict(live) => {
                s.is_still(Some(&live), &second, second.asked, "in the answer `Conflict`")?;
            }
            other => {
                let seen =
                    format!("a commit on top of what another instance had replaced answered {other:?}");
                return Err(s.violation(seen));
            }
        }
        let third = there.rewrite(&second, &there.draft()).await?;
        here.intact(&third, "after a commit by another instance").await?;
        let late = here.touch(&first.key, second.revision, Subject::LONG * 2).await?;
        s.answers("touch", "of what another instance had replaced", &late, &TouchOutcome::Gone)?;
        here.intact(&third, "after a touch of an old revision").await?;
    }
    Ok(())
}

async fn a_deadline_set_elsewhere_counts(s: Subject) -> Checked {
    for (pair, made_here) in Pair::all(&s)?.iter().zip([true, false, false, true]) {
        let Pair { here, there, key } = pair;
        let held = pair.known(made_here).await?;
        let longer = here.extend(&held, Subject::LONG * 3).await?;
        pair.sees(&[&longer], "a touch with a later deadline").await?;
        let shorter = here.extend(&longer, s.short()).await?;
        let brief = there.hold(&s.key_in(key.family), &s.brief()).await?;
        there.intact(&brief, "before its deadline").await?;
        let put_off = here.extend(&brief, Subject::LONG).await?;
        let cut = pair.known(made_here).await?;
        let cut = here.rewrite(&cut, &s.brief()).await?;
        s.outlive(s.short());
        pair.misses(&shorter.key, "the earlier deadline set by a touch").await?;
        pair.misses(&cut.key, "the earlier deadline set by a commit").await?;
        pair.sees(&[&put_off], "a deadline was put off").await?;
        for at in [here, there] {
            at.sweep(u32::MAX).await?;
            pair.sees(&[&put_off], "a deadline was put off, and a sweep").await?;
        }
        // Whatever is remembered of the one before, a new session may take the key.
        let again = there.hold(&shorter.key, &there.draft()).await?;
        here.intact(&again, "after a create of an expired key by another instance").await?;
    }
    Ok(())
}

async fn a_rotation_made_elsewhere_is_seen(s: Subject) -> Checked {
    for leaves in [true, false] {
        for (pair, made_here) in Pair::all(&s)?.iter().zip([true, false, false, true]) {
            let Pair { here, there, .. } = pair;
            let held = pair.known(made_here).await?;
            let to = s.key_in(held.key.family);
            pair.misses(&to, "nothing").await?;
            let tombstone = leaves.then(|| here.draft());
            let (moved, left) = here.move_to(&held, &to, &here.draft(), tombstone.as_ref()).await?;
            pair.sees(&[&moved], "a rotation").await?;
            match &left {
                Some(left) => there.intact(left, "the tombstone of a rotation by another instance").await?,
                None => pair.misses(&held.key, "a rotation").await?,
            }
            let late = there.commit(&held.key, held.revision, &there.draft()).await?;
            s.check(late != CommitOutcome::Written, || {
                "a commit on the old key succeeded after a rotation by another instance".to_owned()
            })?;
            let late =
                there.rotate((&held.key, held.revision), &s.key_in(to.family), &there.draft(), None).await?;
            s.check(late != RotateOutcome::Written, || {
                "a session was rotated twice, by two instances".to_owned()
            })?;
            let back = there.rewrite(&moved, &there.draft()).await?;
            here.intact(&back, "after a commit by another instance on a rotated session").await?;
        }
    }
    Ok(())
}

async fn an_end_made_elsewhere_is_seen(s: Subject) -> Checked {
    for leaves in [true, false] {
        for (pair, made_here) in Pair::all(&s)?.iter().zip([true, false, false, true]) {
            let Pair { here, there, .. } = pair;
            let held = pair.known(made_here).await?;
            let key = &held.key;
            if leaves {
                let left = here.end_leaving(&held, Some(held.revision), &here.draft()).await?;
                there.intact(&left, "the tombstone of a delete by another instance").await?;
            } else {
                here.end(key, Some(held.revision)).await?;
                pair.misses(key, "a delete").await?;
            }
            there.lists(&key.family, &[], "after a delete by another instance").await?;
            let late = there.touch(key, held.revision, Subject::LONG).await?;
            s.answers("touch", "of what another instance had deleted", &late, &TouchOutcome::Gone)?;
            let late = there.commit(key, held.revision, &there.draft()).await?;
            s.check(late != CommitOutcome::Written, || {
                "a commit succeeded after a delete by another instance".to_owned()
            })?;
            let late =
                there.rotate((key, held.revision), &s.key_in(key.family), &there.draft(), None).await?;
            s.check(late != RotateOutcome::Written, || {
                "a rotation succeeded after a delete by another instance".to_owned()
            })?;
            if !leaves {
                let late = there.delete(key, Some(held.revision)).await?;
                s.answers("delete", "of what another instance had deleted", &late, &DeleteOutcome::Gone)?;
                let again = there.hold(key, &there.draft()).await?;
                here.intact(&again, "after a create of a deleted key by another instance").await?;
            }
        }
    }
    Ok(())
}

/// A retry may reach another server than the first try did.
async fn an_attempt_made_elsewhere_is_recognised(s: Subject) -> Checked {
    let cap = Subject::cap(1, OnFull::Refuse);
    for pair in Pair::all(&s)? {
        let Pair { here, there, key } = &pair;
        let draft = here.draft();
        let (first, _) = here.hold_capped(key, &draft, cap).await?;
        let again = there.create(key, &draft, cap).await?;
        s.check(matches!(again, CreateOutcome::Created { .. }), || {
            format!("a create that another instance had made, again, answered {again:?}")
        })?;
        let draft = here.draft();
        let second = here.rewrite(&first, &draft).await?;
        let again = there.commit(key, first.revision, &draft).await?;
        s.answers("commit", "again at another instance", &again, &CommitOutcome::Written)?;
        let (to, draft, tombstone) = (s.key_in(key.family), here.draft(), here.draft());
        let (moved, _) = here.move_to(&second, &to, &draft, Some(&tombstone)).await?;
        let again = there.rotate((key, second.revision), &to, &draft, Some(&tombstone)).await?;
        s.answers("rotate", "again at another instance", &again, &RotateOutcome::Written)?;
        there.intact(&moved, "after the same rotation again at another instance").await?;
        let tombstone = here.draft();
        let left = here.end_leaving(&moved, Some(moved.revision), &tombstone).await?;
        let again = there.bury(&to, Some(moved.revision), Some(&tombstone)).await?;
        s.answers("delete", "again at another instance", &again, &DeleteOutcome::Deleted)?;
        there.intact(&left, "after the same delete again at another instance").await?;
    }
    Ok(())
}
