use std::num::NonZeroU32;

use session_core::{
    id::StoreKey,
    store::{Applied, CreateOutcome, Page, Store as _, StoreErrorKind},
};

use crate::case::cases;
use crate::{subject::Subject, violation::Checked};

cases! {
    FAULT_4: [an_undecodable_record_is_an_error_of_its_own, reading_leaves_an_undecodable_record_alone];
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

async fn undecodable(s: &Subject, key: &StoreKey, when: &str) -> Checked {
    match s.store.load(key).await {
        Err(error) if error.kind() == StoreErrorKind::Undecodable => {
            s.equal("`applied` of a load that failed", &error.applied(), &Applied::No)
        }
        other => Err(s.violation(format!("{when}, `load` of an undecodable record answered {other:?}"))),
    }
}
