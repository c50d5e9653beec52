use session_core::store::CommitOutcome;

use crate::case::cases;
use crate::{
    subject::{Held, Subject},
    violation::Checked,
};

cases! {
    COMMIT_7: [a_commit_that_is_told_is_written, a_commit_that_is_told_wrong_is_written,
        the_bytes_do_not_stand_for_the_revision, a_commit_that_is_told_of_what_has_ended_stores_nothing,
        a_repeated_commit_that_is_told_answers_written];
}

async fn a_commit_that_is_told_is_written(s: Subject) -> Checked {
    for data in [b"data".to_vec(), Vec::new(), vec![0; 3], vec![0xff; 70_000]] {
        for key in [s.key(), s.key_in(s.owned_family())] {
            let held = s.hold(&key, &s.draft().saying(data.clone())).await?;
            is_written(&s, &held, &data).await?;
        }
    }
    Ok(())
}

async fn a_commit_that_is_told_wrong_is_written(s: Subject) -> Checked {
    for wrong in [&b""[..], b"these byte", b"these bytes and more", b"other bytes"] {
        for key in [s.key(), s.key_in(s.owned_family())] {
            let held = s.hold(&key, &s.draft().saying(&b"these bytes"[..])).await?;
            is_written(&s, &held, wrong).await?;
        }
    }
    Ok(())
}

async fn is_written(s: &Subject, held: &Held, replaced: &[u8]) -> Checked {
    let (asked, draft) = (s.now(), s.draft());
    let answer = s.replace(&held.key, held.revision, replaced, &draft).await?;
    let what = format!("told that it replaces {} bytes of {}", replaced.len(), held.data.len());
    s.answers("commit", &what, &answer, &CommitOutcome::Written)?;
    let written = Held { asked, ..Held::new(&held.key, &draft, asked, s.now()) };
    s.intact(&written, "after a commit that was told what it replaces").await
}

async fn the_bytes_do_not_stand_for_the_revision(s: Subject) -> Checked {
    for key in [s.key(), s.key_in(s.owned_family())] {
        let first = s.hold(&key, &s.draft()).await?;
        // The same bytes under another revision.
        let second = s.rewrite(&first, &s.draft().saying(first.data.clone())).await?;
        for expected in [first.revision, s.revision()].into_iter().chain(s.near(second.revision)) {
            let asked = s.now();
            match s.replace(&key, expected, &second.data, &s.draft()).await? {
                CommitOutcome::Conflict(live) => {
                    s.is_still(Some(&live), &second, asked, "in the answer `Conflict`")?;
                }
                other => {
                    let seen =
                        format!("a commit that knows the bytes and not the revision answered {other:?}");
                    return Err(s.violation(seen));
                }
            }
        }
        s.intact(&second, "after commits that knew the bytes and not the revision").await?;
    }
    Ok(())
}

async fn a_commit_that_is_told_of_what_has_ended_stores_nothing(s: Subject) -> Checked {
    for key in [s.key(), s.key_in(s.owned_family())] {
        let deleted = s.hold(&key, &s.draft()).await?;
        s.end(&key, Some(deleted.revision)).await?;
        is_gone(&s, &deleted, "that was deleted").await?;
        let expired = s.hold(&key, &s.brief()).await?;
        s.outlive(s.short());
        is_gone(&s, &expired, "that has expired").await?;
    }
    Ok(())
}

async fn is_gone(s: &Subject, held: &Held, what: &str) -> Checked {
    for replaced in [&held.data[..], b""] {
        let answer = s.replace(&held.key, held.revision, replaced, &s.draft()).await?;
        s.answers("commit", &format!("on a key {what}"), &answer, &CommitOutcome::Gone)?;
    }
    s.absent(&held.key, &format!("after a commit on a key {what}")).await
}

async fn a_repeated_commit_that_is_told_answers_written(s: Subject) -> Checked {
    for key in [s.key(), s.key_in(s.owned_family())] {
        let (first, draft) = (s.hold(&key, &s.draft()).await?, s.draft());
        let second = s.rewrite(&first, &draft).await?;
        for _ in 0..3 {
            s.pass(s.short());
            let answer = s.replace(&key, first.revision, &first.data, &draft).await?;
            s.answers("commit", "again with the same `next`", &answer, &CommitOutcome::Written)?;
            s.intact(&second, "after the same commit again").await?;
        }
        let third = s.rewrite(&second, &s.draft()).await?;
        let answer = s.replace(&key, first.revision, &first.data, &draft).await?;
        s.check(matches!(answer, CommitOutcome::Conflict(_)), || {
            format!("a commit again, after another on top of it, answered {answer:?}")
        })?;
        s.intact(&third, "after a commit was tried again that another had followed").await?;
    }
    Ok(())
}
