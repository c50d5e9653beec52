use std::num::NonZeroU32;

use session_core::{
    id::Digest,
    store::{CommitOutcome, CreateOutcome, OnFull, Page},
};

use super::peer::Pair;
use crate::case::cases;
use crate::{
    subject::{Held, Subject},
    violation::Checked,
};

cases! {
    PEER_1: [a_revoke_made_elsewhere_is_seen, a_full_family_is_full_everywhere, a_cap_evicts_what_was_made_elsewhere,
        sessions_made_in_turn_are_listed_by_age, a_list_goes_on_at_another_instance,
        what_was_swept_elsewhere_may_come_again];
}

async fn a_revoke_made_elsewhere_is_seen(s: Subject) -> Checked {
    for keeps in [true, false] {
        for pair in owned(&s)? {
            let (Pair { here, there, key }, family) = (&pair, pair.key.family);
            let mut held = here.hold_many(family, 2).await?;
            held.extend(there.hold_many(family, 2).await?);
            pair.sees(&newest_first(&held), "creates").await?;
            let kept = held.pop().filter(|_| keeps);
            let ended = here.revoke(&family, kept.as_ref().map(|kept| &kept.key.digest)).await?;
            s.equal(
                "sessions ended by a revoke, half of them made elsewhere",
                &ended,
                &(4 - u64::from(keeps)),
            )?;
            for ended in &held {
                pair.misses(&ended.key, "a revoke").await?;
                let late = there.commit(&ended.key, ended.revision, &there.draft()).await?;
                s.answers("commit", "after a revoke elsewhere", &late, &CommitOutcome::Gone)?;
            }
            let live: Vec<&Held> = kept.iter().collect();
            pair.sees(&live, "a revoke").await?;
            there.lists(&family, &live, "after a revoke by another instance").await?;
            let more = there.revoke(&family, None).await?;
            s.equal("sessions ended by a second revoke elsewhere", &more, &u64::from(keeps))?;
            // A revoke ends what was there, and not what comes.
            let new = there.hold(&s.key_in(key.family), &there.draft()).await?;
            here.intact(&new, "after a revoke by each instance, and a create").await?;
        }
    }
    Ok(())
}

async fn a_full_family_is_full_everywhere(s: Subject) -> Checked {
    for pair in owned(&s)? {
        let (Pair { here, there, .. }, family) = (&pair, pair.key.family);
        let cap = Subject::cap(2, OnFull::Refuse);
        let made = |answer: &CreateOutcome| matches!(answer, CreateOutcome::Created { .. });
        let (mut turn, mut live) = ([here, there].into_iter().cycle(), Vec::new());
        for _ in 0..2 {
            let Some(at) = turn.next() else { break };
            live.push(at.hold_capped(&s.key_in(family), &at.draft(), cap).await?.0);
        }
        for round in 0..3 {
            for at in [here, there] {
                let third = at.create(&s.key_in(family), &at.draft(), cap).await?;
                let when = "over a cap that two instances have filled";
                s.answers("create", when, &third, &CreateOutcome::Full)?;
            }
            // What ends at one instance makes room at the other, by every kind of end.
            let Some(ended) = live.pop() else { break };
            match round {
                0 => here.end(&ended.key, None).await?,
                1 => drop(here.end_leaving(&ended, None, &here.draft()).await?),
                _ => {
                    here.extend(&ended, s.short()).await?;
                    s.outlive(s.short());
                }
            }
            let key = s.key_in(family);
            let (draft, again) = (there.draft(), there.draft());
            let answer = there.create(&key, &draft, cap).await?;
            s.check(made(&answer), || {
                format!("`create` answered {answer:?} after another instance had made room")
            })?;
            let full = here.create(&s.key_in(family), &again, cap).await?;
            s.answers("create", "after another instance had taken the room", &full, &CreateOutcome::Full)?;
            live.push(Held::new(&key, &draft, s.now(), s.now()));
        }
        here.revoke(&family, None).await?;
        let answer = there.create(&s.key_in(family), &there.draft(), cap).await?;
        s.check(made(&answer), || {
            format!("`create` answered {answer:?} after another instance had revoked all")
        })?;
    }
    Ok(())
}

async fn a_cap_evicts_what_was_made_elsewhere(s: Subject) -> Checked {
    for pair in owned(&s)? {
        let (Pair { here, there, .. }, family) = (&pair, pair.key.family);
        let cap = Subject::cap(2, OnFull::EvictOldest);
        let mut live: Vec<Held> = Vec::new();
        for number in 0..6 {
            // Each instance has just listed what the other one is about to change.
            for at in [here, there] {
                at.lists(&family, &newest_first(&live), "before one more was created").await?;
            }
            let at = if number % 3 == 0 { here } else { there };
            let (made, evicted) = at.hold_capped(&s.key_in(family), &at.draft(), cap).await?;
            live.push(made);
            let over: Vec<Held> = live.drain(..live.len().saturating_sub(2)).collect();
            let expected: Vec<Digest> = over.iter().map(|held| held.key.digest).collect();
            s.equal("the sessions that a cap evicted", &evicted, &expected)?;
            for at in [here, there] {
                for gone in &over {
                    at.absent(&gone.key, "after a cap evicted it, perhaps at another instance").await?;
                }
                at.lists(&family, &newest_first(&live), "after a cap evicted, perhaps elsewhere").await?;
            }
            s.pass(s.slack());
        }
    }
    Ok(())
}

async fn sessions_made_in_turn_are_listed_by_age(s: Subject) -> Checked {
    for pair in owned(&s)? {
        let (Pair { here, there, .. }, family) = (&pair, pair.key.family);
        let mut held = here.hold_many(family, 3).await?;
        held.extend(there.hold_many(family, 1).await?);
        held.extend(here.hold_many(family, 1).await?);
        held.extend(there.hold_many(family, 3).await?);
        // A rotated session is as old as it was, also where another instance made it.
        if let Some(fourth) = held.get_mut(3) {
            *fourth = here.move_to(fourth, &s.key_in(family), &s.draft(), None).await?.0;
        }
        for at in [here, there] {
            at.lists(&family, &newest_first(&held), "after creates by two instances in turn").await?;
        }
    }
    Ok(())
}

async fn a_list_goes_on_at_another_instance(s: Subject) -> Checked {
    for pair in owned(&s)? {
        let (Pair { here, there, .. }, family) = (&pair, pair.key.family);
        let held = here.hold_many(family, 6).await?;
        let page = Page::first(NonZeroU32::MIN.saturating_add(1));
        let (mut seen, mut next, mut turn) = (Vec::new(), None, [here, there].into_iter().cycle());
        there.list(&family).await?;
        for _ in 0..8 {
            let Some(at) = turn.next() else { break };
            let listed = at.list_page(&family, Page { after: next, ..page }).await?;
            seen.extend(listed.sessions.into_iter().map(|(digest, _)| digest));
            next = listed.next;
            if next.is_none() {
                break;
            }
            if seen.len() == 2 {
                // The session behind the cursor ends, and the one before the last.
                for ended in [held.get(4), held.get(1)].into_iter().flatten() {
                    at.end(&ended.key, None).await?;
                }
            }
        }
        let expected: Vec<Digest> = [5, 4, 3, 2, 0]
            .into_iter()
            .filter_map(|index: usize| Some(held.get(index)?.key.digest))
            .collect();
        s.equal("a list whose pages two instances gave in turn", &seen, &expected)?;
    }
    Ok(())
}

async fn what_was_swept_elsewhere_may_come_again(s: Subject) -> Checked {
    for pair in Pair::all(&s)? {
        let Pair { here, there, key } = &pair;
        let brief = here.hold(key, &s.brief()).await?;
        there.intact(&brief, "before its deadline").await?;
        s.outlive(s.short());
        pair.misses(key, "the deadline of what was created").await?;
        here.sweep(u32::MAX).await?;
        let again = there.hold(key, &there.draft()).await?;
        for at in [here, there] {
            at.sweep(u32::MAX).await?;
            here.intact(&again, "after a sweep by each instance").await?;
            there.intact(&again, "after a sweep by each instance").await?;
        }
    }
    Ok(())
}

/// There and back, each with an owned family.
fn owned(s: &Subject) -> Checked<Vec<Pair>> {
    Ok(Pair::all(s)?.into_iter().filter(|pair| pair.key.is_owned()).collect())
}

fn newest_first(held: &[Held]) -> Vec<&Held> {
    held.iter().rev().collect()
}
