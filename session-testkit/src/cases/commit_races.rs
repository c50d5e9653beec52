use std::collections::BTreeMap;

use session_core::store::{CommitOutcome, Revision};

use crate::case::cases;
use crate::{
    rules,
    subject::{Draft, Subject},
    violation::Checked,
};

cases! {
    COMMIT_4: [racing_commits_have_one_winner, the_chain_of_revisions_is_one_path];
    COMMIT_3: [racing_repeats_of_one_commit_all_succeed];
}

async fn racing_commits_have_one_winner(s: Subject) -> Checked {
    for round in Subject::rounds() {
        let key = if round % 2 == 0 { s.key() } else { s.key_in(s.owned_family()) };
        let held = s.hold(&key, &s.draft()).await?;
        let drafts: Vec<Draft> = (0..4).map(|_| s.draft()).collect();
        let drafts = &drafts;
        let answers = s.race_many(4, |index, s| async move {
            match drafts.get(index) {
                Some(draft) => Ok((draft, s.commit(&key, held.revision, draft).await?)),
                None => Err(s.violation("there are four racers")),
            }
        })?;
        let winners: Vec<&Draft> = answers
            .iter()
            .filter(|(_, answer)| *answer == CommitOutcome::Written)
            .map(|(draft, _)| *draft)
            .collect();
        s.equal("winners of four racing commits on one revision", &winners.len(), &1)?;
        let lost = answers.iter().filter(|(_, answer)| matches!(answer, CommitOutcome::Conflict(_))).count();
        s.equal("conflicts among four racing commits on one revision", &lost, &3)?;
        let stored = s.load(&key).await?.map(|stored| (stored.revision, stored.data));
        let wanted = winners.first().map(|draft| (draft.next, draft.data.clone()));
        s.equal("what is stored after racing commits", &stored, &wanted)?;
    }
    Ok(())
}

/// Several counters add one to the number that they loaded, each until its commits have succeeded.
async fn the_chain_of_revisions_is_one_path(s: Subject) -> Checked {
    const COUNTERS: usize = 4;
    // Only one of them succeeds at a time.
    let each = usize::try_from(s.pace().affords(25, 4, 6)).unwrap_or_default();
    let key = s.key_in(s.owned_family());
    let held = s.hold(&key, &s.draft().saying(0_u64.to_be_bytes().to_vec())).await?;
    let steps = s.race_many(COUNTERS, |_, s| async move {
        let (mut steps, mut lost) = (Vec::new(), 0);
        while steps.len() < each {
            let Some(stored) = s.load(&key).await? else {
                return Err(s.violation("the record was absent while it was being committed"));
            };
            let next = s.draft().saying((number(&stored.data) + 1).to_be_bytes().to_vec());
            match s.commit(&key, stored.revision, &next).await? {
                CommitOutcome::Written => steps.push((stored.revision, next.next)),
                // Each is due to a commit of another counter since the load.
                CommitOutcome::Conflict(_) if lost < (COUNTERS - 1) * each => lost += 1,
                CommitOutcome::Conflict(_) => {
                    return Err(s.violation(format!(
                        "more than {lost} commits on the revision just loaded were conflicts, and others made no more \
                         than {lost} commits: a load shows another revision than a commit compares with"
                    )));
                }
                CommitOutcome::Gone => return Err(s.violation("a commit on a live record answered `Gone`")),
            }
        }
        Ok(steps)
    })?;
    let steps: Vec<(Revision, Revision)> = steps.into_iter().flatten().collect();
    let path: BTreeMap<Revision, Revision> = steps.iter().copied().collect();
    s.equal("revisions that were the base of a commit", &path.len(), &(COUNTERS * each))?;
    let mut at = held.revision;
    let mut length = 0;
    while let Some(next) = path.get(&at).filter(|_| length <= path.len()) {
        (at, length) = (*next, length + 1);
    }
    s.equal("commits on the path from the first revision", &length, &(COUNTERS * each))?;
    let stored = s.load(&key).await?;
    let end = stored.as_ref().map(|stored| (stored.revision, number(&stored.data)));
    s.equal("the last revision and the number counted", &end, &Some((at, (COUNTERS * each) as u64)))
}

fn number(data: &[u8]) -> u64 {
    data.first_chunk().map(|bytes| u64::from_be_bytes(*bytes)).unwrap_or_default()
}

async fn racing_repeats_of_one_commit_all_succeed(s: Subject) -> Checked {
    for _ in Subject::rounds() {
        let held = s.hold(&s.key(), &s.draft()).await?;
        let draft = s.draft();
        let draft = &draft;
        let answers =
            s.race_many(3, |_, s| async move { s.commit(&held.key, held.revision, draft).await })?;
        s.check(answers.iter().all(|answer| *answer == CommitOutcome::Written), || {
            format!("three racing tries of one commit answered {answers:?}")
        })?;
        let stored = s.load(&held.key).await?.map(|stored| stored.revision);
        s.under(&rules::COMMIT_4).equal("the revision after them", &stored, &Some(draft.next))?;
    }
    Ok(())
}
