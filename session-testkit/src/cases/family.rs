use session_core::{
    id::{Digest, Family, StoreKey},
    store::OnFull,
};

use crate::case::cases;
use crate::{
    subject::{Held, Subject},
    violation::Checked,
};

cases! {
    FAMILY_1: [a_list_is_newest_first, a_list_has_the_live_sessions_only, writes_keep_the_order, a_rotated_session_keeps_its_age,
        an_anonymous_family_lists_nothing, a_long_list_is_complete];
    FAMILY_4: [families_with_special_bytes_are_apart, two_stores_are_apart];
}

async fn a_list_is_newest_first(s: Subject) -> Checked {
    let family = s.owned_family();
    s.lists(&family, &[], "before anything was stored").await?;
    let sessions = s.hold_many(family, 6).await?;
    s.lists(&family, &newest_first(&sessions), "after six creates").await
}

async fn a_list_has_the_live_sessions_only(s: Subject) -> Checked {
    let family = s.owned_family();
    let expired = s.hold(&s.key_in(family), &s.brief()).await?;
    let sessions = s.hold_many(family, 3).await?;
    let deleted = s.hold(&s.key_in(family), &s.draft()).await?;
    s.end(&deleted.key, None).await?;
    s.hold(&s.key_in(s.owned_family()), &s.draft()).await?;
    s.outlive(s.short());
    s.absent(&expired.key, "after its deadline").await?;
    s.lists(&family, &newest_first(&sessions), "after one expired and one was deleted").await
}

async fn writes_keep_the_order(s: Subject) -> Checked {
    let family = s.owned_family();
    let mut sessions = s.hold_many(family, 3).await?;
    if let Some(oldest) = sessions.first_mut() {
        *oldest = s.rewrite(oldest, &s.draft().living(Subject::LONG * 2)).await?;
    }
    if let Some(second) = sessions.get_mut(1) {
        *second = s.extend(second, Subject::LONG * 3).await?;
    }
    s.lists(&family, &newest_first(&sessions), "after the oldest was committed and the next touched").await
}

async fn a_rotated_session_keeps_its_age(s: Subject) -> Checked {
    for tombstone in [None, Some(s.draft())] {
        let family = s.owned_family();
        let mut sessions = s.hold_many(family, 3).await?;
        for held in sessions.iter_mut().take(2).rev() {
            s.pass(s.slack());
            (*held, _) = s.move_to(held, &s.key_in(family), &s.draft(), tombstone.as_ref()).await?;
        }
        s.lists(&family, &newest_first(&sessions), "after the two oldest of three were rotated").await?;
        s.pass(s.slack());
        let cap = Subject::cap(3, OnFull::EvictOldest);
        let (new, evicted) = s.hold_capped(&s.key_in(family), &s.draft(), cap).await?;
        let oldest: Vec<Digest> = sessions.drain(..1).map(|held| held.key.digest).collect();
        s.equal("evicted, where the oldest session had been rotated last", &evicted, &oldest)?;
        sessions.push(new);
        s.lists(&family, &newest_first(&sessions), "after the oldest session was evicted").await?;
    }
    Ok(())
}

async fn an_anonymous_family_lists_nothing(s: Subject) -> Checked {
    let held = s.hold(&s.key(), &s.draft()).await?;
    s.lists(&held.key.family, &[], "an anonymous family").await?;
    s.intact(&held, "after its anonymous family was listed").await
}

async fn a_long_list_is_complete(s: Subject) -> Checked {
    let family = s.owned_family();
    let mut wanted = Vec::new();
    // More than the hundred at which some lists end.
    for _ in 0..s.pace().affords(150, 1, 110) {
        wanted.push(s.hold(&s.key_in(family), &s.draft()).await?.key.digest);
    }
    let mut seen: Vec<Digest> = s.list(&family).await?.into_iter().map(|(digest, _)| digest).collect();
    seen.sort_unstable();
    wanted.sort_unstable();
    s.check(seen == wanted, || format!("a family of {} sessions lists {}", wanted.len(), seen.len()))
}

fn newest_first(sessions: &[Held]) -> Vec<&Held> {
    sessions.iter().rev().collect()
}

async fn families_with_special_bytes_are_apart(s: Subject) -> Checked {
    let special: [&[u8; 15]; 8] = [
        b"***************",
        b"???????????????",
        b"[a-z]*[^b]?\\{1}",
        b"{}{}{}{}{}{}{}{",
        b"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
        b"%%%%%%%%%%%%%%_",
        b"\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\",
        b"'; DROP TABLE--",
    ];
    let mut families: Vec<Family> = special.iter().map(|tail| owned(tail)).collect();
    families.extend([owned(&[0xff; 15]), owned(b"plain letters.."), owned(b"\r\n\r\n :$*\r\n\t    ")]);
    // Each is revoked once before all the others and once after them.
    for _ in 0..2 {
        apart(&s, &families).await?;
        families.reverse();
    }
    Ok(())
}

async fn apart(s: &Subject, families: &[Family]) -> Checked {
    let mut left = Vec::new();
    for family in families {
        // A digest of special bytes next to a plain one.
        let special = StoreKey { family: *family, digest: Digest::from_bytes([b'*'; 32]) };
        let first = s.hold(&special, &s.draft()).await?;
        s.pass(s.slack());
        let second = s.hold(&s.key_in(*family), &s.draft()).await?;
        left.push((*family, [first, second]));
    }
    while let Some((family, ended)) = left.pop() {
        s.revoke(&family, None).await?;
        for held in &ended {
            s.absent(&held.key, &format!("after {:02x?} was revoked", family.as_bytes())).await?;
        }
        for (other, sessions) in &left {
            let after = format!("after {:02x?} was revoked, {:02x?}", family.as_bytes(), other.as_bytes());
            s.lists(other, &newest_first(sessions), &after).await?;
        }
    }
    Ok(())
}

fn owned(tail: &[u8; 15]) -> Family {
    let mut bytes = [0x80 | b'*'; 16];
    for (to, from) in bytes.iter_mut().skip(1).zip(tail) {
        *to = *from;
    }
    Family::from_bytes(bytes)
}

async fn two_stores_are_apart(s: Subject) -> Checked {
    let other = s.another_store()?;
    let key = s.key_in(s.owned_family());
    let here = s.hold(&key, &s.draft()).await?;
    other.absent(&key, "in another store, after it was created in the first").await?;
    let there = other.hold(&key, &other.draft()).await?;
    s.intact(&here, "after the same key was created in another store").await?;
    for _ in 0..2 {
        other.sweep(100).await?;
    }
    other.rewrite(&there, &other.draft()).await?;
    s.intact(&here, "after the same key was committed in another store").await?;
    other.revoke(&key.family, None).await?;
    other.absent(&there.key, "after it was revoked").await?;
    s.lists(&key.family, &[&here], "after the same family was revoked in another store").await?;
    let there = other.hold(&key, &other.draft()).await?;
    other.end(&there.key, None).await?;
    s.lists(&key.family, &[&here], "after the same key was deleted in another store").await
}
