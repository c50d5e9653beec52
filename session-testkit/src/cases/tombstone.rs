use session_core::store::OnFull;

use crate::case::cases;
use crate::{subject::Subject, violation::Checked};

cases! {
    DELETE_3: [loading_a_tombstone_does_not_extend_it];
    ROTATE_5: [an_eviction_leaves_the_tombstones_of_younger_sessions];
}

/// Room is made by ending sessions, and not by forgetting where others have gone.
async fn an_eviction_leaves_the_tombstones_of_younger_sessions(s: Subject) -> Checked {
    let family = s.owned_family();
    let sessions = s.hold_many(family, 3).await?;
    let [oldest, rotated, deleted] = sessions.as_slice() else {
        return Err(s.violation("three sessions were created"));
    };
    let (moved, left) = s.move_to(rotated, &s.key_in(family), &s.draft(), Some(&s.draft())).await?;
    let buried = s.end_leaving(deleted, None, &s.draft()).await?;
    let cap = Subject::cap(2, OnFull::EvictOldest);
    let (new, evicted) = s.hold_capped(&s.key_in(family), &s.draft(), cap).await?;
    s.equal("evicted at a cap of 2 beside two tombstones", &evicted, &vec![oldest.key.digest])?;
    for tombstone in left.iter().chain([&buried]) {
        s.intact(tombstone, "the tombstone after an older session was evicted").await?;
    }
    s.lists(&family, &[&new, &moved], "after the oldest session was evicted").await
}

async fn loading_a_tombstone_does_not_extend_it(s: Subject) -> Checked {
    let held = s.hold(&s.key(), &s.draft()).await?;
    let tombstone = s.end_leaving(&held, None, &s.brief()).await?;
    for _ in 0..3 {
        s.intact(&tombstone, "a tombstone after it was loaded several times").await?;
        s.pass(s.short() / 4);
    }
    s.outlive(s.short() / 4);
    s.absent(&held.key, "after the deadline of its tombstone, though that was loaded until then").await
}
