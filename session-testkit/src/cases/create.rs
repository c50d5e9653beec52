use session_core::store::{CreateOutcome, OnFull};

use crate::case::cases;
use crate::{
    subject::{Draft, Held, Subject},
    violation::Checked,
};

cases! {
    CREATE_1: [an_existing_key_is_left_untouched, the_cap_does_not_make_room_on_an_existing_key,
        a_tombstone_is_not_overwritten, a_first_create_that_arrives_late_changes_nothing];
    CREATE_2: [a_repeated_create_answers_created, a_repeated_create_evicts_nothing_more,
        a_repeated_create_at_the_cap_is_not_refused, racing_repeats_of_one_create_all_succeed];
    CREATE_3: [racing_creates_of_one_key_have_one_winner];
}

async fn an_existing_key_is_left_untouched(s: Subject) -> Checked {
    for key in [s.key(), s.key_in(s.owned_family())] {
        let held = s.hold(&key, &s.draft()).await?;
        for other in [s.draft(), s.brief(), s.draft().saying(held.data.clone()), s.draft().saying("")] {
            refused(&s, &held, &other).await?;
        }
    }
    Ok(())
}

async fn the_cap_does_not_make_room_on_an_existing_key(s: Subject) -> Checked {
    let family = s.owned_family();
    let sessions = s.hold_many(family, 2).await?;
    for held in &sessions {
        for on_full in [OnFull::EvictOldest, OnFull::Refuse] {
            let answer = s.create(&held.key, &s.draft(), Subject::cap(2, on_full)).await?;
            s.answers("create", "of an existing key at the cap", &answer, &CreateOutcome::Exists)?;
        }
    }
    s.lists(&family, &sessions.iter().rev().collect::<Vec<_>>(), "after creates of existing keys at the cap")
        .await
}

async fn a_tombstone_is_not_overwritten(s: Subject) -> Checked {
    for family in [s.key().family, s.owned_family()] {
        let held = s.hold(&s.key_in(family), &s.draft()).await?;
        let (moved, left) = s.move_to(&held, &s.key_in(family), &s.draft(), Some(&s.draft())).await?;
        let buried = s.end_leaving(&moved, None, &s.draft()).await?;
        for tombstone in left.iter().chain([&buried]) {
            refused(&s, tombstone, &s.draft()).await?;
        }
    }
    Ok(())
}

async fn a_first_create_that_arrives_late_changes_nothing(s: Subject) -> Checked {
    let first = s.draft();
    let held = s.hold(&s.key(), &first).await?;
    let held = s.rewrite(&held, &s.draft()).await?;
    refused(&s, &held, &first).await
}

async fn refused(s: &Subject, held: &Held, draft: &Draft) -> Checked {
    let answer = s.create(&held.key, draft, None).await?;
    s.answers("create", "of a key that is in use", &answer, &CreateOutcome::Exists)?;
    s.intact(held, "after a create that had to answer `Exists`").await
}

async fn a_repeated_create_answers_created(s: Subject) -> Checked {
    for key in [s.key(), s.key_in(s.owned_family())] {
        let draft = s.draft();
        let held = s.hold(&key, &draft).await?;
        s.pass(s.short());
        repeated(&s, &held, &draft, s.create(&key, &draft, None).await?)?;
        s.intact(&held, "after the same create again").await?;
    }
    Ok(())
}

async fn a_repeated_create_evicts_nothing_more(s: Subject) -> Checked {
    let family = s.owned_family();
    let sessions = s.hold_many(family, 3).await?;
    let (draft, cap) = (s.draft(), Subject::cap(3, OnFull::EvictOldest));
    let (held, evicted) = s.hold_capped(&s.key_in(family), &draft, cap).await?;
    for _ in 0..2 {
        let answer = s.create(&held.key, &draft, cap).await?;
        // A retry may name what the first try evicted, or leave the list empty.
        let CreateOutcome::Created { evicted: again } = &answer else {
            return repeated(&s, &held, &draft, answer);
        };
        s.check(again.is_empty() || *again == evicted, || {
            format!("the same create again evicted {again:?}, after {evicted:?} at first")
        })?;
        let left: Vec<&Held> = sessions.iter().skip(1).chain([&held]).rev().collect();
        s.lists(&family, &left, "after a create that evicted one, and the same again").await?;
    }
    Ok(())
}

async fn a_repeated_create_at_the_cap_is_not_refused(s: Subject) -> Checked {
    let family = s.owned_family();
    let first = s.hold_many(family, 1).await?;
    let (draft, cap) = (s.draft(), Subject::cap(2, OnFull::Refuse));
    let (held, _) = s.hold_capped(&s.key_in(family), &draft, cap).await?;
    repeated(&s, &held, &draft, s.create(&held.key, &draft, cap).await?)?;
    let both: Vec<&Held> = [&held].into_iter().chain(&first).collect();
    s.lists(&family, &both, "after the same create again at the cap").await
}

fn repeated(s: &Subject, held: &Held, draft: &Draft, answer: CreateOutcome) -> Checked {
    let created = CreateOutcome::Created { evicted: Vec::new() };
    let when = format!("of {:?} again with the same {:?}", held.key.digest, draft.next);
    s.answers("create", &when, &answer, &created)
}

async fn racing_repeats_of_one_create_all_succeed(s: Subject) -> Checked {
    for _ in Subject::rounds() {
        let family = s.owned_family();
        let oldest = s.hold_many(family, 2).await?;
        let (key, draft) = (s.key_in(family), s.draft());
        let cap = Subject::cap(2, OnFull::EvictOldest);
        let answers = s.race_many(3, |_, s| {
            let draft = draft.clone();
            async move { s.create(&key, &draft, cap).await }
        })?;
        for answer in &answers {
            s.check(matches!(answer, CreateOutcome::Created { .. }), || {
                format!("of three racing tries of one create, one answered {answer:?}")
            })?;
        }
        let listed = s.list(&family).await?.len();
        s.equal("sessions at a cap of 2 after three racing tries of one create", &listed, &2)?;
        if let Some(newest) = oldest.last() {
            s.intact(newest, "after three racing tries of one create that evicts another").await?;
        }
    }
    Ok(())
}

async fn racing_creates_of_one_key_have_one_winner(s: Subject) -> Checked {
    for round in Subject::rounds() {
        let key = if round % 2 == 0 { s.key() } else { s.key_in(s.owned_family()) };
        let drafts: Vec<Draft> = (0..4).map(|_| s.draft()).collect();
        let drafts = &drafts;
        let answers = s.race_many(4, |index, s| async move {
            match drafts.get(index) {
                Some(draft) => Ok((draft, s.create(&key, draft, None).await?)),
                None => Err(s.violation("there are four racers")),
            }
        })?;
        let winners: Vec<&Draft> = answers
            .iter()
            .filter(|(_, answer)| matches!(answer, CreateOutcome::Created { .. }))
            .map(|(draft, _)| *draft)
            .collect();
        s.equal("winners of four racing creates of one key", &winners.len(), &1)?;
        let stored = s.load(&key).await?.map(|stored| (stored.revision, stored.data));
        let wanted = winners.first().map(|draft| (draft.next, draft.data.clone()));
        s.equal("what is stored after racing creates", &stored, &wanted)?;
    }
    Ok(())
}
