//! The rules about families: list, cap and revoke.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use crate::common::{
    TTL, cap, create, created, digest, is_live, key, listed, owned, owner, rev, store, write,
};
use session_core::{
    id::{Family, StoreKey},
    store::{BlockingStore as _, CreateOutcome, OnFull, Page, RotateOutcome, Write},
};
use session_memory::{Clock, MemoryStore};

#[test]
fn family_1_lists_the_live_owned_sessions_newest_first() {
    let (store, clock) = store();
    create(&store, &owned("ann", 1), 1);
    store.touch(&owned("ann", 1), rev(1), TTL / 2).unwrap();
    for number in 2..6 {
        create(&store, &owned("ann", number), 1);
    }
    create(&store, &owned("bob", 6), 1);
    store.commit(&owned("ann", 2), rev(1), write(2, b"two")).unwrap();
    store.delete(&owned("ann", 4), None, None).unwrap();
    store.rotate(&owned("ann", 3), rev(1), &owned("ann", 7), write(2, b"seven"), None).unwrap();
    assert_eq!(listed(&store, &owner("ann")), [5, 7, 2, 1].map(digest));
    clock.advance(TTL / 2);
    assert_eq!(listed(&store, &owner("ann")), [5, 7, 2].map(digest));
    let (_, rotated) = store.list(&owner("ann"), Page::default()).unwrap().sessions.remove(1);
    assert_eq!(Some(rotated), store.load(&owned("ann", 7)).unwrap());
}

#[test]
fn an_anonymous_family_is_neither_listed_nor_capped_nor_revoked() {
    let (store, _) = store();
    create(&store, &key(1), 1);
    let second = StoreKey { family: key(1).family, digest: digest(2) };
    assert_eq!(store.create(&second, write(1, b""), cap(1, OnFull::Refuse)).unwrap(), created());
    assert_eq!(listed(&store, &key(1).family), []);
    assert_eq!(store.revoke(&key(1).family, None).unwrap(), 0);
    assert!(is_live(&store, &key(1)) && is_live(&store, &second));
}

#[test]
fn a_cap_evicts_the_oldest() {
    let (store, _) = store();
    for number in 1..5 {
        create(&store, &owned("ann", number), 1);
    }
    let evict = cap(3, OnFull::EvictOldest);
    let answer = store.create(&owned("ann", 5), write(1, b"new"), evict).unwrap();
    assert_eq!(answer, CreateOutcome::Created { evicted: [1, 2].map(digest).to_vec() });
    assert_eq!(listed(&store, &owner("ann")), [5, 4, 3].map(digest));
    assert!(!is_live(&store, &owned("ann", 1)) && !is_live(&store, &owned("ann", 2)));
    assert_eq!((store.len(), store.bytes()), (3, 11));
}

#[test]
fn a_rotated_session_is_evicted_as_old_as_it_was() {
    for left in [None, Some(Write { next: rev(3), data: b"moved", ttl: TTL })] {
        let (store, _) = store();
        create(&store, &owned("ann", 1), 1);
        create(&store, &owned("ann", 2), 1);
        store.rotate(&owned("ann", 1), rev(1), &owned("ann", 3), write(2, b""), left).unwrap();
        assert_eq!(listed(&store, &owner("ann")), [2, 3].map(digest));
        let answer = store.create(&owned("ann", 4), write(1, b""), cap(2, OnFull::EvictOldest)).unwrap();
        assert_eq!(answer, CreateOutcome::Created { evicted: vec![digest(3)] });
        assert_eq!(listed(&store, &owner("ann")), [4, 2].map(digest));
        assert_eq!(store.revoke(&owner("ann"), None).unwrap(), 2);
        assert_eq!(store.len(), 0, "a tombstone goes with the revoke of its family");
    }
}

#[test]
fn create_2_evicts_nothing_more_also_at_the_cap() {
    let (store, _) = store();
    let evict = cap(1, OnFull::EvictOldest);
    create(&store, &owned("ann", 1), 1);
    store.create(&owned("ann", 2), write(2, b""), evict).unwrap();
    assert_eq!(store.create(&owned("ann", 2), write(2, b""), evict).unwrap(), created());
    let refuse = cap(1, OnFull::Refuse);
    assert_eq!(store.create(&owned("ann", 2), write(2, b""), refuse).unwrap(), created());
    assert_eq!(listed(&store, &owner("ann")), [digest(2)]);
}

#[test]
fn a_cap_refuses_until_a_session_ends() {
    let (store, clock) = store();
    let refuse = cap(2, OnFull::Refuse);
    let attempt = |number| store.create(&owned("ann", number), write(1, b""), refuse).unwrap();
    assert_eq!((attempt(1), attempt(2), attempt(3)), (created(), created(), CreateOutcome::Full));
    assert_eq!(listed(&store, &owner("ann")), [2, 1].map(digest));
    store.delete(&owned("ann", 1), None, None).unwrap();
    assert_eq!((attempt(3), attempt(4)), (created(), CreateOutcome::Full));
    clock.advance(TTL);
    assert_eq!(attempt(4), created(), "expired sessions are not counted");
}

#[test]
fn a_cap_counts_one_family_only() {
    let (store, _) = store();
    let refuse = cap(1, OnFull::Refuse);
    for name in ["ann", "bob", "*", "{}", "\0", ""] {
        assert_eq!(store.create(&owned(name, 1), write(1, b""), refuse).unwrap(), created());
    }
    assert_eq!(store.revoke(&owner("*"), None).unwrap(), 1);
    assert_eq!(store.len(), 5);
}

#[test]
fn the_edges_of_the_index_are_isolated() {
    let (store, _) = store();
    let family = |last: u8| {
        let mut bytes = [0xff; 16];
        bytes[15] = last;
        Family::from_bytes(bytes)
    };
    for last in [0xfd, 0xfe, 0xff] {
        create(&store, &StoreKey { family: family(last), digest: digest(1) }, 1);
    }
    assert_eq!(listed(&store, &family(0xfe)), [digest(1)]);
    assert_eq!(store.revoke(&family(0xfe), None).unwrap(), 1);
    assert_eq!(listed(&store, &family(0xff)), [digest(1)]);
    assert_eq!(listed(&store, &family(0xfd)), [digest(1)]);
}

#[test]
fn revoke_leaves_nothing_not_even_tombstones() {
    let (store, clock) = store();
    create(&store, &owned("ann", 1), 1);
    store.touch(&owned("ann", 1), rev(1), TTL / 2).unwrap();
    clock.advance(TTL / 2);
    for number in 2..6 {
        create(&store, &owned("ann", number), 1);
    }
    create(&store, &owned("bob", 1), 1);
    let left = Some(Write { ttl: TTL, ..write(3, b"moved") });
    let answer = store.rotate(&owned("ann", 5), rev(1), &owned("ann", 6), write(2, b""), left).unwrap();
    assert_eq!(answer, RotateOutcome::Written);
    assert_eq!(store.revoke(&owner("ann"), None).unwrap(), 4, "neither the expired one nor the tombstone");
    assert!((1..7).all(|number| !is_live(&store, &owned("ann", number))));
    assert_eq!(listed(&store, &owner("ann")), []);
    assert_eq!(store.len(), 1, "bob's");
    assert_eq!(store.revoke(&owner("ann"), None).unwrap(), 0);
}

#[test]
fn revoke_keeps_the_one_it_is_told_to() {
    let (store, _) = store();
    for number in 1..5 {
        create(&store, &owned("ann", number), 1);
    }
    assert_eq!(store.revoke(&owner("ann"), Some(&digest(3))).unwrap(), 3);
    assert_eq!(listed(&store, &owner("ann")), [digest(3)]);
    assert_eq!(store.revoke(&owner("ann"), Some(&digest(9))).unwrap(), 1);
    assert!(store.is_empty());
}

#[test]
fn a_revoke_of_many_sessions_gives_others_turns() {
    #[derive(Clone, Default)]
    struct Counting(Arc<AtomicUsize>);
    impl Clock for Counting {
        fn now(&self) -> Duration {
            self.0.fetch_add(1, Ordering::Relaxed);
            Duration::ZERO
        }
    }
    let clock = Counting::default();
    let store = MemoryStore::builder().clock(clock.clone()).build().unwrap();
    for number in 0..1000 {
        create(&store, &owned("ann", number), 1);
    }
    let before = clock.0.load(Ordering::Relaxed);
    assert_eq!(store.revoke(&owner("ann"), Some(&digest(7))).unwrap(), 999);
    // The clock is read once for each turn under the lock.
    assert_eq!(clock.0.load(Ordering::Relaxed) - before, 4);
    assert_eq!((listed(&store, &owner("ann")), store.len()), (vec![digest(7)], 1));
}
