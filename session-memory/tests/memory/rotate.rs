//! The rules about rotation.

use std::time::Duration;

use crate::common::{
    TTL, bounded, cap, create, created, digest, is_live, key, kind, listed, owned, owner, rev, store, write,
};
use session_core::store::{
    Applied, BlockingStore as _, CommitOutcome, CreateOutcome, DeleteOutcome, OnFull, RotateOutcome,
    StoreErrorKind, TouchOutcome, Write,
};

const GRACE: Duration = Duration::from_secs(10);

fn tombstone(next: u64) -> Option<Write<'static>> {
    Some(Write { next: rev(next), data: b"moved", ttl: GRACE })
}

#[test]
fn rotate_1_one_session_is_left() {
    let (store, _) = store();
    let (from, to) = (owned("ann", 1), owned("ann", 2));
    create(&store, &from, 1);
    assert_eq!(store.rotate(&from, rev(1), &to, write(2, b"new"), None).unwrap(), RotateOutcome::Written);
    assert!(!is_live(&store, &from));
    assert_eq!(store.load(&to).unwrap().unwrap().data, "new");
    assert_eq!(listed(&store, &owner("ann")), [to.digest]);
    assert_eq!((store.len(), store.bytes()), (1, 3));
}

#[test]
fn rotate_1_a_tombstone_is_loadable_but_neither_listed_nor_counted() {
    let (store, _) = store();
    let (from, to) = (owned("ann", 1), owned("ann", 2));
    create(&store, &from, 1);
    store.rotate(&from, rev(1), &to, write(2, b"new"), tombstone(3)).unwrap();
    let left = store.load(&from).unwrap().unwrap();
    assert_eq!((left.revision, left.remaining, &left.data[..]), (rev(3), GRACE, &b"moved"[..]));
    assert_eq!(listed(&store, &owner("ann")), [to.digest]);
    assert_eq!((store.len(), store.bytes()), (2, 8));
    let refuse = cap(2, OnFull::Refuse);
    assert_eq!(store.create(&owned("ann", 3), write(1, b""), refuse).unwrap(), created());
    assert_eq!(store.create(&owned("ann", 4), write(1, b""), refuse).unwrap(), CreateOutcome::Full);
}

#[test]
fn rotate_2_the_old_key_is_inert() {
    let (store, _) = store();
    let (from, to) = (owned("ann", 1), owned("ann", 2));
    create(&store, &from, 1);
    store.rotate(&from, rev(1), &to, write(2, b"new"), tombstone(3)).unwrap();
    let left = store.load(&from).unwrap().unwrap();
    let again = owned("ann", 3);
    assert_eq!(store.commit(&from, rev(1), write(4, b"")).unwrap(), CommitOutcome::Conflict(left.clone()));
    assert_eq!(store.touch(&from, rev(1), TTL).unwrap(), TouchOutcome::Gone);
    assert_eq!(store.delete(&from, Some(rev(1)), None).unwrap(), DeleteOutcome::Conflict(left.clone()));
    let answer = store.rotate(&from, rev(1), &again, write(5, b""), None).unwrap();
    assert_eq!(answer, RotateOutcome::Conflict(left.clone()));
    assert_eq!(store.load(&from).unwrap(), Some(left));
    assert!(!is_live(&store, &again));
}

#[test]
fn rotate_3_an_occupied_target_stays_and_so_does_the_source() {
    let (store, clock) = store();
    let (from, to) = (owned("ann", 1), owned("ann", 2));
    create(&store, &from, 1);
    create(&store, &to, 1);
    let before = (store.load(&from).unwrap(), store.load(&to).unwrap());
    let answer = store.rotate(&from, rev(1), &to, write(2, b"new"), tombstone(3)).unwrap();
    assert_eq!(answer, RotateOutcome::Exists);
    assert_eq!((store.load(&from).unwrap(), store.load(&to).unwrap()), before);
    store.touch(&to, rev(1), GRACE).unwrap();
    clock.advance(GRACE);
    let answer = store.rotate(&from, rev(1), &to, write(2, b"new"), tombstone(3)).unwrap();
    assert_eq!(answer, RotateOutcome::Written, "an expired record occupies nothing");
    assert_eq!((store.len(), store.bytes()), (2, 8));
}

#[test]
fn rotate_5_a_tombstone_expires_and_is_reclaimed() {
    let (store, clock) = store();
    create(&store, &owned("ann", 1), 1);
    store.rotate(&owned("ann", 1), rev(1), &owned("ann", 2), write(2, b"new"), tombstone(3)).unwrap();
    clock.advance(GRACE);
    assert!(!is_live(&store, &owned("ann", 1)));
    assert_eq!(store.sweep(9).unwrap(), 1);
    assert!(is_live(&store, &owned("ann", 2)));
}

#[test]
fn rotate_6_the_same_attempt_again_is_written() {
    let (store, clock) = store();
    let (from, to) = (owned("ann", 1), owned("ann", 2));
    create(&store, &from, 1);
    for left in [tombstone(3), None] {
        for _ in 0..2 {
            let answer = store.rotate(&from, rev(1), &to, write(2, b"new"), left).unwrap();
            assert_eq!(answer, RotateOutcome::Written);
            clock.advance(Duration::from_secs(1));
        }
        assert_eq!(
            store.load(&to).unwrap().unwrap().remaining,
            TTL - Duration::from_secs(if left.is_some() { 2 } else { 4 })
        );
    }
    assert_eq!(store.load(&from).unwrap().unwrap().remaining, GRACE - Duration::from_secs(4));
}

#[test]
fn rotate_7_only_with_the_expected_revision() {
    let (store, clock) = store();
    let (from, to) = (owned("ann", 1), owned("ann", 2));
    create(&store, &from, 1);
    let now = store.load(&from).unwrap().unwrap();
    let answer = store.rotate(&from, rev(9), &to, write(2, b"new"), tombstone(3)).unwrap();
    assert_eq!(answer, RotateOutcome::Conflict(now.clone()));
    assert_eq!(store.load(&from).unwrap(), Some(now));
    clock.advance(TTL);
    let answer = store.rotate(&from, rev(1), &to, write(2, b"new"), tombstone(3)).unwrap();
    assert_eq!(answer, RotateOutcome::Gone);
    assert!(!is_live(&store, &from) && !is_live(&store, &to));
}

#[test]
fn a_rotation_between_families_or_to_itself_is_an_error_that_says_so() {
    let (store, _) = store();
    create(&store, &key(1), 1);
    for (to, reason) in [(key(2), "family"), (key(1), "new key")] {
        let error = store.rotate(&key(1), rev(1), &to, write(2, b""), None).unwrap_err();
        assert_eq!((error.kind(), error.applied()), (StoreErrorKind::Other, Applied::No));
        let source = std::error::Error::source(&error).unwrap().to_string();
        assert!(source.contains(reason), "{source}");
    }
}

#[test]
fn a_rotation_that_does_not_fit_changes_nothing() {
    let (store, _) = bounded(1, 10);
    let (from, to) = (owned("ann", 1), owned("ann", 2));
    create(&store, &from, 1);
    let answer = store.rotate(&from, rev(1), &to, write(2, b"new"), tombstone(3));
    assert_eq!(kind(answer), StoreErrorKind::OutOfSpace, "a tombstone is one record more");
    let answer = store.rotate(&from, rev(1), &to, write(2, b"123456"), tombstone(3));
    assert_eq!(kind(answer), StoreErrorKind::TooLarge, "the two together never fit");
    assert_eq!(listed(&store, &owner("ann")), [digest(1)]);
    assert_eq!((store.len(), store.bytes()), (1, 4));
    let answer = store.rotate(&from, rev(1), &to, write(2, b"1234567890"), None).unwrap();
    assert_eq!(answer, RotateOutcome::Written, "without one it takes the old one's place");
}
