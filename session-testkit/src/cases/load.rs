use bytes::Bytes;
use session_core::{
    id::{Digest, Family, StoreKey},
    store::{CommitOutcome, CreateOutcome, OnFull},
};

use crate::case::cases;
use crate::{
    subject::{Held, Subject},
    violation::Checked,
};

cases! {
    LOAD_1: [an_expired_record_is_absent, an_expired_key_is_free_again, a_record_lives_to_its_deadline];
    LOAD_2: [keys_one_bit_apart_are_different, letter_case_counts, trailing_blanks_count];
    LOAD_3: [every_byte_comes_back, large_data_comes_back, commit_and_rotate_keep_every_byte];
    LOAD_4: [loading_does_not_extend, loading_leaves_no_trace];
}

async fn an_expired_record_is_absent(s: Subject) -> Checked {
    let owned = s.owned_family();
    let mut all = Vec::new();
    for key in [s.key(), s.key_in(owned)] {
        all.push(s.hold(&key, &s.brief()).await?);
    }
    let stays = s.hold(&s.key_in(owned), &s.draft()).await?;
    s.outlive(s.short());
    for held in &all {
        s.absent(&held.key, "after its deadline, before any sweep").await?;
    }
    s.lists(&owned, &[&stays], "after the deadline of one of two, before any sweep").await
}

async fn an_expired_key_is_free_again(s: Subject) -> Checked {
    let full = Subject::cap(1, OnFull::Refuse);
    for (key, cap) in
        [(s.key(), None), (s.key_in(s.owned_family()), None), (s.key_in(s.owned_family()), full)]
    {
        s.hold(&key, &s.brief()).await?;
        s.outlive(s.short());
        let again = s.draft();
        let answer = s.create(&key, &again, cap).await?;
        let created = CreateOutcome::Created { evicted: Vec::new() };
        s.answers("create", "of a key whose record has expired", &answer, &created)?;
        let stored = s.load(&key).await?.map(|stored| (stored.revision, stored.data));
        s.equal("what is stored after it", &stored, &Some((again.next, again.data)))?;
        let listed: Vec<_> = s.list(&key.family).await?.into_iter().map(|(digest, _)| digest).collect();
        let wanted: Vec<_> = key.is_owned().then_some(key.digest).into_iter().collect();
        s.equal("what its family lists", &listed, &wanted)?;
    }
    Ok(())
}

async fn a_record_lives_to_its_deadline(s: Subject) -> Checked {
    let held = s.hold(&s.key(), &s.brief()).await?;
    for _ in 0..3 {
        s.intact(&held, "before its deadline").await?;
        s.pass(s.short() / 4);
    }
    s.outlive(s.short() / 4);
    s.absent(&held.key, "after its deadline").await
}

async fn keys_one_bit_apart_are_different(s: Subject) -> Checked {
    let base = s.key_in(s.owned_family());
    let mut keys = vec![base];
    // Far away, one bit of every byte, and with each run another.
    for bit in s.bits(32, 64) {
        keys.push(StoreKey { digest: Digest::from_bytes(flip(base.digest.as_bytes(), bit)), ..base });
    }
    for bit in s.bits(16, 32) {
        keys.push(StoreKey { family: Family::from_bytes(flip(base.family.as_bytes(), bit)), ..base });
    }
    all_apart(&s, &keys).await
}

async fn letter_case_counts(s: Subject) -> Checked {
    let (lower, upper) = ([b'a'; 32], [b'A'; 32]);
    let one_up = std::array::from_fn(|at| if at == 31 { b'A' } else { b'a' });
    // The letters of Latin-1, which text columns treat like plain ones.
    let accented = [0xe4; 32];
    keys_apart(&s, &[lower, upper, one_up, accented, [0xc4; 32]]).await
}

async fn trailing_blanks_count(s: Subject) -> Checked {
    let ending = |last: u8| std::array::from_fn(|at| if at >= 30 { last } else { b'k' });
    keys_apart(&s, &[ending(b' '), ending(0), ending(b'\t'), ending(b'\n'), ending(0xa0), ending(b'k')]).await
}

/// Keys with these digests, and with families that begin like them.
async fn keys_apart(s: &Subject, digests: &[[u8; 32]]) -> Checked {
    let family = s.owned_family();
    let mut keys = Vec::new();
    for bytes in digests {
        keys.push(StoreKey { family, digest: Digest::from_bytes(*bytes) });
        let end: [u8; 16] = std::array::from_fn(|at| bytes.get(at + 16).copied().unwrap_or_default());
        keys.push(StoreKey { family: Family::from_bytes(end), digest: Digest::from_bytes([7; 32]) });
    }
    all_apart(s, &keys).await
}

async fn all_apart(s: &Subject, keys: &[StoreKey]) -> Checked {
    let mut all = Vec::new();
    for key in keys {
        all.push(s.hold(key, &s.draft()).await?);
    }
    for held in &all {
        s.intact(held, "beside keys that are nearly the same").await?;
    }
    // Every second one is deleted; its neighbours stay.
    for held in all.iter().step_by(2) {
        s.end(&held.key, None).await?;
    }
    for (index, held) in all.iter().enumerate() {
        if index % 2 == 0 {
            s.absent(&held.key, "after it was deleted").await?;
        } else {
            s.intact(held, "after keys that are nearly the same were deleted").await?;
        }
    }
    Ok(())
}

fn flip<const N: usize>(bytes: &[u8; N], bit: usize) -> [u8; N] {
    std::array::from_fn(|at| {
        let byte = bytes.get(at).copied().unwrap_or_default();
        if at == bit / 8 { byte ^ (1 << (bit % 8)) } else { byte }
    })
}

async fn every_byte_comes_back(s: Subject) -> Checked {
    for data in awkward() {
        let held = s.hold(&s.key(), &s.draft().saying(data)).await?;
        s.intact(&held, "after it was created").await?;
    }
    Ok(())
}

async fn large_data_comes_back(s: Subject) -> Checked {
    // Sizes around the limits of small text and blob columns, and the promised megabyte.
    for size in [255, 256, 4096, 65_535, 65_536, 65_537, 1024 * 1024] {
        let held = s.hold(&s.key_in(s.owned_family()), &s.draft().saying(noise(&s, size))).await?;
        s.intact(&held, "after it was created").await?;
        s.lists(&held.key.family, &[&held], "after it was created").await?;
    }
    Ok(())
}

async fn commit_and_rotate_keep_every_byte(s: Subject) -> Checked {
    let mut held = s.hold(&s.key_in(s.owned_family()), &s.draft()).await?;
    for data in awkward().into_iter().chain([noise(&s, 65_537), noise(&s, 1024 * 1024), Bytes::new()]) {
        held = s.rewrite(&held, &s.draft().saying(data.clone())).await?;
        s.intact(&held, "after a commit").await?;
        let to = s.key_in(held.key.family);
        let left: Option<Held>;
        (held, left) =
            s.move_to(&held, &to, &s.draft().saying(data.clone()), Some(&s.draft().saying(data))).await?;
        s.intact(&held, "after a rotation").await?;
        if let Some(left) = left {
            s.intact(&left, "after a rotation, the tombstone").await?;
        }
        let asked = s.now();
        let conflict = s.commit(&held.key, s.revision(), &s.draft()).await?;
        let CommitOutcome::Conflict(live) = conflict else {
            return Err(s.violation(format!("`commit` with another revision answered {conflict:?}")));
        };
        s.is_still(Some(&live), &held, asked, "in the answer `Conflict`")?;
        let ended = s.hold(&s.key_in(held.key.family), &s.draft()).await?;
        let buried = s.end_leaving(&ended, None, &s.draft().saying(held.data.clone())).await?;
        s.intact(&buried, "after a delete, the tombstone").await?;
    }
    Ok(())
}

fn awkward() -> Vec<Bytes> {
    let all: Vec<u8> = (0..=255).collect();
    vec![
        Bytes::new(),
        Bytes::from_static(&[0]),
        Bytes::from_static(&[0; 17]),
        Bytes::from_static(&[0xff; 3]),
        Bytes::from_static(b" blanks around \t\r\n "),
        Bytes::from_static(b"quotes ' \" ` and \\ \\' \\0 % _ ; --"),
        Bytes::from_static(b"\xc3\x28 not UTF-8 \xf0\x9f"),
        Bytes::from_static(b"nil"),
        Bytes::from_static(b"0"),
        all.into(),
    ]
}

fn noise(s: &Subject, size: usize) -> Bytes {
    std::iter::repeat_with(|| s.shared.seed.next().to_le_bytes()).flatten().take(size).collect()
}

async fn loading_does_not_extend(s: Subject) -> Checked {
    let held = s.hold(&s.key_in(s.owned_family()), &s.brief()).await?;
    for _ in 0..4 {
        s.pass(s.short() / 8);
        s.intact(&held, "after it was loaded several times").await?;
        s.list(&held.key.family).await?;
    }
    s.outlive(s.short() / 2);
    s.absent(&held.key, "after its deadline, though it was loaded until then").await
}

async fn loading_leaves_no_trace(s: Subject) -> Checked {
    let key = s.key_in(s.owned_family());
    s.absent(&key, "before anything was stored").await?;
    s.absent(&key, "after it was loaded").await?;
    s.lists(&key.family, &[], "after an absent key was loaded").await?;
    let held = s.hold(&key, &s.draft()).await?;
    let other = s.hold(&s.key_in(key.family), &s.draft()).await?;
    for _ in 0..3 {
        s.intact(&held, "after it was loaded").await?;
        s.intact(&other, "after another was loaded").await?;
    }
    Ok(())
}
