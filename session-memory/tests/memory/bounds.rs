//! The bounds of the store, and how it gets its memory back.

use std::time::Duration;

use crate::common::{
    TTL, bounded, cap, create, digest, is_live, key, kind, listed, owned, owner, rev, store, write,
};
use session_core::{
    id::StoreKey,
    store::{
        Applied, BlockingStore as _, CommitOutcome, CreateOutcome, DeleteOutcome, OnFull, RotateOutcome,
        StoreErrorKind, TouchOutcome, Write,
    },
};

/// The key of the only session of an owner. Owners may use the whole store.
fn user(number: u64) -> StoreKey {
    owned(&number.to_string(), number)
}

#[test]
fn a_flood_of_visitors_shuts_no_owner_out() {
    let (store, _) = bounded(100, 1 << 20);
    let owner = owned("ann", 1000);
    create(&store, &owner, 1);
    let mut visitors = 0;
    while store.create(&key(visitors), write(1, b"data"), None).is_ok() {
        visitors += 1;
    }
    assert_eq!(visitors, 89);
    // Whoever is signed in goes on, signs in elsewhere, rotates and signs out.
    assert_eq!(store.commit(&owner, rev(1), write(2, b"a longer cart")).unwrap(), CommitOutcome::Written);
    let rotated = owned("ann", 1001);
    let answer = store.rotate(&owner, rev(2), &rotated, write(3, b"data"), Some(write(4, b"moved")));
    assert_eq!(answer.unwrap(), RotateOutcome::Written);
    (0..8).for_each(|number| create(&store, &user(2000 + number), 1));
    assert_eq!(
        store.delete(&rotated, Some(rev(3)), Some(write(5, b"over"))).unwrap(),
        DeleteOutcome::Deleted
    );
    // The visitors who have a session too.
    assert_eq!(store.commit(&key(0), rev(1), write(2, b"data")).unwrap(), CommitOutcome::Written);
    store.delete(&key(1), Some(rev(1)), Some(write(2, b"over"))).unwrap();
}

#[test]
fn a_full_store_refuses_and_evicts_nobody() {
    let (store, _) = bounded(3, 1000);
    for number in 0..3 {
        create(&store, &key(number), 1);
    }
    let error = store.create(&key(3), write(1, b""), None).unwrap_err();
    assert_eq!((error.kind(), error.applied()), (StoreErrorKind::OutOfSpace, Applied::No));
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(source.contains("max_entries"), "{source}");
    assert!((0..3).all(|number| is_live(&store, &key(number))));
    create(&store, &key(2), 1);
    assert_eq!(store.create(&key(2), write(9, b""), None).unwrap(), CreateOutcome::Exists);
    assert_eq!(store.commit(&key(2), rev(1), write(2, b"full")).unwrap(), CommitOutcome::Written);
    store.delete(&key(0), None, None).unwrap();
    create(&store, &key(3), 1);
}

#[test]
fn a_commit_that_outgrows_the_store_changes_nothing() {
    let (store, clock) = bounded(10, 10);
    create(&store, &user(1), 1);
    create(&store, &user(2), 1);
    clock.advance(Duration::from_secs(1));
    let before = store.load(&user(1)).unwrap();
    assert_eq!(kind(store.commit(&user(1), rev(1), write(2, b"1234567"))), StoreErrorKind::OutOfSpace);
    assert_eq!(store.load(&user(1)).unwrap(), before);
    assert_eq!(store.commit(&user(1), rev(1), write(2, b"123456")).unwrap(), CommitOutcome::Written);
    assert_eq!(store.bytes(), 10);
    assert_eq!(store.commit(&user(1), rev(2), write(3, b"1")).unwrap(), CommitOutcome::Written);
    assert_eq!(store.bytes(), 5);
}

#[test]
fn what_never_fits_is_too_large() {
    let (store, _) = bounded(10, 10);
    create(&store, &key(1), 1);
    assert_eq!(kind(store.create(&key(2), write(1, b"12345678901"), None)), StoreErrorKind::TooLarge);
    assert_eq!(kind(store.commit(&key(1), rev(1), write(2, b"12345678901"))), StoreErrorKind::TooLarge);
    assert_eq!((store.len(), store.bytes()), (1, 4));
}

#[test]
fn a_full_store_finds_every_expired_record_first() {
    // One expired record among 1,000 live ones, in any shard, behind deadlines that were extended.
    for expired in [0, 499, 999] {
        let (store, clock) = bounded(1000, 1 << 20);
        for number in 0..1000 {
            create(&store, &user(number), 1);
        }
        clock.advance(TTL / 2);
        for number in (0..1000).filter(|number| *number != expired) {
            assert_eq!(store.touch(&user(number), rev(1), TTL).unwrap(), TouchOutcome::Touched);
        }
        assert_eq!(kind(store.create(&user(1000), write(1, b""), None)), StoreErrorKind::OutOfSpace);
        clock.advance(TTL / 2);
        create(&store, &user(1000), 1);
        assert_eq!(kind(store.create(&user(1001), write(1, b""), None)), StoreErrorKind::OutOfSpace);
        assert!((0..=1000).all(|number| (number != expired) == is_live(&store, &user(number))));
    }
}

#[test]
fn a_large_record_takes_the_room_of_many_expired_ones() {
    let (store, clock) = bounded(10_000, 40_000);
    for number in 0..10_000 {
        create(&store, &user(number), 1);
    }
    clock.advance(TTL);
    store.create(&user(10_000), write(1, &[7; 40_000]), None).unwrap();
    assert_eq!((store.len(), store.bytes()), (1, 40_000));
}

#[test]
fn a_shortened_deadline_makes_room_in_time() {
    let (store, clock) = bounded(1, 100);
    create(&store, &key(1), 1);
    store.touch(&key(1), rev(1), TTL / 3).unwrap();
    clock.advance(TTL / 3);
    create(&store, &key(2), 1);
}

#[test]
fn a_session_evicted_by_a_cap_makes_room() {
    let (store, _) = bounded(2, 8);
    create(&store, &owned("ann", 1), 1);
    create(&store, &key(1), 1);
    let evict = cap(1, OnFull::EvictOldest);
    let answer = store.create(&owned("ann", 2), write(1, b"12345"), evict);
    assert_eq!(kind(answer), StoreErrorKind::OutOfSpace);
    assert_eq!(listed(&store, &owner("ann")), [digest(1)], "nobody was evicted for nothing");
    let answer = store.create(&owned("ann", 2), write(1, b"1234"), evict).unwrap();
    assert_eq!(answer, CreateOutcome::Created { evicted: vec![digest(1)] });
}

#[test]
fn memory_comes_back_without_a_sweep() {
    let (store, clock) = store();
    let mut most = 0;
    for number in 0..100_000 {
        let ttl = Duration::from_millis(100);
        store.create(&key(number), Write { ttl, ..write(1, b"data") }, None).unwrap();
        clock.advance(Duration::from_millis(1));
        most = most.max(store.len());
    }
    assert!(most < 1000, "{most} records at a time, 100 of them live");
    let (burst, clock) = crate::common::store();
    for number in 0..100_000 {
        create(&burst, &key(number), 1);
    }
    clock.advance(TTL);
    for number in 0..50_000 {
        create(&burst, &key(1_000_000), number);
        burst.delete(&key(1_000_000), None, None).unwrap();
        create(&burst, &key(1_000_001 + number), number);
        burst.delete(&key(1_000_001 + number), None, None).unwrap();
    }
    assert!(burst.len() < 100 && burst.bytes() < 400, "{burst:?}");
}

#[test]
fn sweep_1_removes_so_many_expired_records_and_no_live_one() {
    let (store, clock) = store();
    for number in 0..1000 {
        create(&store, &key(number), 1);
    }
    clock.advance(TTL / 2);
    for number in 0..500 {
        store.touch(&key(number), rev(1), TTL).unwrap();
    }
    assert_eq!(store.sweep(1000).unwrap(), 0);
    clock.advance(TTL / 2);
    assert_eq!(store.sweep(0).unwrap(), 0);
    assert_eq!(store.sweep(123).unwrap(), 123);
    assert_eq!(store.len(), 877);
    assert_eq!(store.sweep(u32::MAX).unwrap(), 377);
    assert_eq!(store.sweep(u32::MAX).unwrap(), 0);
    assert!((0..500).all(|number| is_live(&store, &key(number))));
}

#[test]
fn debug_shows_counts_and_no_data() {
    let (store, _) = bounded(10, 100);
    store.create(&key(1), write(1, b"secret"), None).unwrap();
    let text = format!("{store:?}");
    assert!(text.contains("entries: 1") && text.contains("bytes: 6"), "{text}");
    assert!(!text.contains("secret") && !text.contains(&key(1).digest.handle().to_string()), "{text}");
}
