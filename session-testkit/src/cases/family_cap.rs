use session_core::store::{CreateOutcome, OnFull};

use crate::case::cases;
use crate::{
    subject::{Held, Subject},
    violation::Checked,
};

cases! {
    FAMILY_3: [a_full_family_refuses, a_full_family_evicts_its_oldest, a_lower_cap_evicts_several,
        what_has_ended_does_not_count, the_cap_is_of_one_family, an_anonymous_family_has_no_cap,
        racing_creates_do_not_pass_a_refusing_cap, racing_creates_do_not_pass_an_evicting_cap, sign_ins_within_one_tick_are_evicted_one_by_one];
}

async fn a_full_family_refuses(s: Subject) -> Checked {
    let family = s.owned_family();
    let sessions = s.hold_many(family, 3).await?;
    for max in [3, 2, 1] {
        let (key, draft) = (s.key_in(family), s.draft());
        let answer = s.create(&key, &draft, Subject::cap(max, OnFull::Refuse)).await?;
        s.answers(
            "create",
            &format!("beside three sessions at a cap of {max}"),
            &answer,
            &CreateOutcome::Full,
        )?;
        s.absent(&key, "after it was refused").await?;
        s.lists(&family, &sessions.iter().rev().collect::<Vec<_>>(), "after a create that was refused")
            .await?;
    }
    s.hold_capped(&s.key_in(family), &s.draft(), Subject::cap(4, OnFull::Refuse)).await?;
    s.hold(&s.key_in(family), &s.draft()).await.map(drop)
}

async fn a_full_family_evicts_its_oldest(s: Subject) -> Checked {
    let family = s.owned_family();
    let mut sessions = s.hold_many(family, 3).await?;
    // The session that was used last is not the newest one: the age counts from the create.
    if let Some(oldest) = sessions.first_mut() {
        *oldest = s.rewrite(oldest, &s.draft()).await?;
    }
    for _ in 0..4 {
        let cap = Subject::cap(3, OnFull::EvictOldest);
        let (held, evicted) = s.hold_capped(&s.key_in(family), &s.draft(), cap).await?;
        s.pass(s.slack());
        sessions.push(held);
        evicts(&s, &mut sessions, &evicted, 1).await?;
    }
    Ok(())
}

async fn a_lower_cap_evicts_several(s: Subject) -> Checked {
    let family = s.owned_family();
    let mut sessions = s.hold_many(family, 5).await?;
    let cap = Subject::cap(2, OnFull::EvictOldest);
    let (held, evicted) = s.hold_capped(&s.key_in(family), &s.draft(), cap).await?;
    sessions.push(held);
    evicts(&s, &mut sessions, &evicted, 4).await
}

/// Checks that the first `count` sessions were evicted, oldest first, and that the others live.
async fn evicts(
    s: &Subject,
    sessions: &mut Vec<Held>,
    evicted: &[session_core::id::Digest],
    count: usize,
) -> Checked {
    let ended: Vec<Held> = sessions.drain(..count.min(sessions.len())).collect();
    let wanted: Vec<_> = ended.iter().map(|held| held.key.digest).collect();
    s.equal("the sessions that a create evicted", &evicted, &wanted.as_slice())?;
    for held in &ended {
        s.absent(&held.key, "after it was evicted").await?;
    }
    if let Some(left) = sessions.first() {
        s.lists(&left.key.family, &sessions.iter().rev().collect::<Vec<_>>(), "after an eviction").await?;
    }
    Ok(())
}

async fn what_has_ended_does_not_count(s: Subject) -> Checked {
    for on_full in [OnFull::Refuse, OnFull::EvictOldest] {
        let family = s.owned_family();
        let first = s.hold(&s.key_in(family), &s.draft()).await?;
        s.hold(&s.key_in(family), &s.brief()).await?;
        let deleted = s.hold(&s.key_in(family), &s.draft()).await?;
        s.end(&deleted.key, None).await?;
        s.outlive(s.short());
        let cap = Subject::cap(2, on_full);
        let (second, evicted) = s.hold_capped(&s.key_in(family), &s.draft(), cap).await?;
        s.equal("evicted at a cap of 2 with one live, one expired and one deleted", &evicted, &Vec::new())?;
        s.lists(&family, &[&second, &first], "at a cap of 2").await?;
    }
    Ok(())
}

async fn the_cap_is_of_one_family(s: Subject) -> Checked {
    for on_full in [OnFull::Refuse, OnFull::EvictOldest] {
        let cap = Subject::cap(1, on_full);
        let (one, _) = s.hold_capped(&s.key_in(s.owned_family()), &s.draft(), cap).await?;
        let (two, _) = s.hold_capped(&s.key_in(s.owned_family()), &s.draft(), cap).await?;
        s.intact(&one, "after another family reached its cap").await?;
        s.intact(&two, "at its family's cap").await?;
    }
    Ok(())
}

async fn an_anonymous_family_has_no_cap(s: Subject) -> Checked {
    for on_full in [OnFull::Refuse, OnFull::EvictOldest] {
        let family = s.key().family;
        let cap = Subject::cap(1, on_full);
        let (one, _) = s.hold_capped(&s.key_in(family), &s.draft(), cap).await?;
        let (two, evicted) = s.hold_capped(&s.key_in(family), &s.draft(), cap).await?;
        s.equal("evicted from an anonymous family", &evicted, &Vec::new())?;
        s.intact(&one, "in an anonymous family, which has no cap").await?;
        s.intact(&two, "in an anonymous family, which has no cap").await?;
    }
    Ok(())
}

async fn racing_creates_do_not_pass_a_refusing_cap(s: Subject) -> Checked {
    for _ in Subject::rounds() {
        let family = s.owned_family();
        s.hold_many(family, 1).await?;
        let cap = Subject::cap(3, OnFull::Refuse);
        let answers =
            s.race_many(4, |_, s| async move { s.create(&s.key_in(family), &s.draft(), cap).await })?;
        let created = answers.iter().filter(|answer| **answer != CreateOutcome::Full).count();
        s.equal("racing creates that passed where two had room", &created, &2)?;
        let listed = s.list(&family).await?.len();
        s.equal("sessions listed at a cap of 3", &listed, &3)?;
    }
    Ok(())
}

async fn racing_creates_do_not_pass_an_evicting_cap(s: Subject) -> Checked {
    for _ in Subject::rounds() {
        let family = s.owned_family();
        let first = s.hold_many(family, 2).await?;
        let cap = Subject::cap(2, OnFull::EvictOldest);
        let answers =
            s.race_many(4, |_, s| async move { s.hold_capped(&s.key_in(family), &s.draft(), cap).await })?;
        let mut evicted: Vec<_> = answers.iter().flat_map(|(_, evicted)| evicted.iter().copied()).collect();
        evicted.sort_unstable();
        let reported = evicted.len();
        evicted.dedup();
        s.equal("sessions reported as evicted, each once", &(reported, evicted.len()), &(4, 4))?;
        for digest in evicted {
            let key = session_core::id::StoreKey { family, digest };
            s.absent(&key, "after it was evicted by one of four racing creates").await?;
        }
        for held in &first {
            s.absent(&held.key, "the oldest, after four racing creates at a cap of 2").await?;
        }
        let listed = s.list(&family).await?.len();
        s.equal("sessions listed at a cap of 2", &listed, &2)?;
    }
    Ok(())
}

/// The clock of a server has ticks, and a script signs in faster. Which of these is the oldest is for the store to say.
async fn sign_ins_within_one_tick_are_evicted_one_by_one(s: Subject) -> Checked {
    for max in [1, 2, 3, 5] {
        let family = s.owned_family();
        let mut alive = Vec::new();
        for _ in 0..4 {
            alive.push(s.hold(&s.key_in(family), &s.draft()).await?.key.digest);
        }
        for _ in 0..3 {
            let cap = Subject::cap(max, OnFull::EvictOldest);
            let (held, evicted) = s.hold_capped(&s.key_in(family), &s.draft(), cap).await?;
            let before = alive.len();
            alive.retain(|digest| !evicted.contains(digest));
            alive.push(held.key.digest);
            let wanted = (before + 1).min(max as usize);
            s.equal("sessions left by what a cap reports, all of one tick", &alive.len(), &wanted)?;
            let mut seen: Vec<_> = s.list(&family).await?.into_iter().map(|(digest, _)| digest).collect();
            seen.sort_unstable();
            alive.sort_unstable();
            s.equal("sessions of one tick that are listed after an eviction", &seen, &alive)?;
            for digest in &alive {
                let left = s.load(&session_core::id::StoreKey { family, digest: *digest }).await?;
                s.check(left.is_some(), || "a cap ended a session that it did not report".to_owned())?;
            }
        }
    }
    Ok(())
}
