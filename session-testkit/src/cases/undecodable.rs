use std::num::NonZeroU32;

use session_core::{
    id::StoreKey,
    store::{Applied, CreateOutcome, DeleteOutcome, Page, RotateOutcome, Store as _, StoreErrorKind},
};

use crate::case::cases;
use crate::{subject::Subject, violation::Checked};

cases! {
    FAULT_4: [an_undecodable_record_is_an_error_of_its_own, reading_leaves_an_undecodable_record_alone,
        no_other_write_takes_its_place, a_delete_and_a_revoke_end_an_undecodable_record];
}

async fn an_undecodable_record_is_an_error_of_its_own(s: Subject) -> Checked {
    for key in [s.key(), s.key_in(s.owned_family())] {
        let beside = s.hold(&s.key_in(key.family), &s.draft()).await?;
        s.hold(&key, &s.draft()).await?;
        s.corrupt(&key)?;
        undecodable(&s, &key, "after it was made undecodable").await?;
        s.intact(&beside, "beside an undecodable record").await?;
    }
    Ok(())
}

async fn reading_leaves_an_undecodable_record_alone(s: Subject) -> Checked {
    let key = s.key_in(s.owned_family());
    let held = s.hold(&key, &s.draft()).await?;
    s.corrupt(&key)?;
    for _ in 0..3 {
        undecodable(&s, &key, "after it was loaded").await?;
        // A list may fail or leave the record out; it may not remove it.
        let _ = s.store.list(&key.family, Page::first(NonZeroU32::MIN)).await;
        undecodable(&s, &key, "after its family was listed").await?;
    }
    let answer = s.store.create(&key, s.draft().write(), None).await;
    s.check(!matches!(answer, Ok(CreateOutcome::Created { .. })), || {
        "`create` took the key of an undecodable record".to_owned()
    })?;
    let _ = s.store.touch(&key, held.revision, Subject::LONG).await;
    let _ = s.store.commit(&key, s.revision(), s.draft().write()).await;
    undecodable(&s, &key, "after create, touch and a commit of another revision").await
}

async fn no_other_write_takes_its_place(s: Subject) -> Checked {
    for family in [s.key().family, s.owned_family()] {
        let broken = s.hold(&s.key_in(family), &s.draft()).await?;
        let other = s.hold(&s.key_in(family), &s.draft()).await?;
        s.corrupt(&broken.key)?;
        let onto = s.store.rotate(&other.key, other.revision, &broken.key, s.draft().write(), None).await;
        s.check(!matches!(onto, Ok(RotateOutcome::Written)), || {
            "`rotate` took the key of an undecodable record".to_owned()
        })?;
        s.intact(&other, "after a rotation to the key of an undecodable record").await?;
        let _ = s.store.rotate(&broken.key, s.revision(), &s.key_in(family), s.draft().write(), None).await;
        let delete = s.store.delete(&broken.key, Some(s.revision()), None).await;
        s.check(!matches!(delete, Ok(DeleteOutcome::Deleted)), || {
            "`delete` with another revision removed an undecodable record".to_owned()
        })?;
        undecodable(&s, &broken.key, "after rotate and delete that expected another revision").await?;
    }
    Ok(())
}

async fn a_delete_and_a_revoke_end_an_undecodable_record(s: Subject) -> Checked {
    for key in [s.key(), s.key_in(s.owned_family())] {
        s.hold(&key, &s.draft()).await?;
        s.corrupt(&key)?;
        s.end(&key, None).await?;
        s.absent(&key, "after an undecodable record was deleted without an expectation").await?;
    }
    let family = s.owned_family();
    let (broken, kept) =
        (s.hold(&s.key_in(family), &s.draft()).await?, s.hold(&s.key_in(family), &s.draft()).await?);
    s.corrupt(&broken.key)?;
    s.revoke(&family, Some(&kept.key.digest)).await?;
    s.absent(&broken.key, "after its family was revoked, an undecodable record").await?;
    s.intact(&kept, "after an undecodable record beside it was revoked").await
}

async fn undecodable(s: &Subject, key: &StoreKey, when: &str) -> Checked {
    match s.store.load(key).await {
        Err(error) if error.kind() == StoreErrorKind::Undecodable => {
            s.equal("`applied` of a load that failed", &error.applied(), &Applied::No)
        }
        other => Err(s.violation(format!("{when}, `load` of an undecodable record answered {other:?}"))),
    }
}
