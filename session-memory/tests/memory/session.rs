//! The rules about one session: create, load, commit, touch, delete and deadlines.

use std::time::Duration;

use crate::common::{TTL, create, created, is_live, key, rev, store, write};
use session_core::id::{Digest, Family};
use session_core::store::{
    BlockingStore as _, CommitOutcome, CreateOutcome, DeleteOutcome, RotateOutcome, Stored, TouchOutcome,
    Write,
};

#[test]
fn create_1_an_existing_key_is_left_untouched() {
    let (store, _) = store();
    create(&store, &key(1), 1);
    let before = store.load(&key(1)).unwrap();
    assert_eq!(store.create(&key(1), write(2, b"other"), None).unwrap(), CreateOutcome::Exists);
    assert_eq!(store.load(&key(1)).unwrap(), before);
}

#[test]
fn create_2_the_same_attempt_again_changes_nothing() {
    let (store, clock) = store();
    create(&store, &key(1), 1);
    clock.advance(Duration::from_secs(1));
    let before = store.load(&key(1)).unwrap();
    create(&store, &key(1), 1);
    assert_eq!(store.load(&key(1)).unwrap(), before, "the deadline included");
    assert_eq!(store.len(), 1);
}

#[test]
fn create_takes_the_place_of_an_expired_record() {
    let (store, clock) = store();
    create(&store, &key(1), 1);
    clock.advance(TTL);
    create(&store, &key(1), 1);
    assert!(is_live(&store, &key(1)));
    assert_eq!((store.len(), store.bytes()), (1, 4));
}

#[test]
fn load_1_a_record_is_absent_from_its_deadline_on() {
    let (store, clock) = store();
    create(&store, &key(1), 1);
    clock.advance(TTL - Duration::from_nanos(1));
    assert_eq!(store.load(&key(1)).unwrap().unwrap().remaining, Duration::from_nanos(1));
    clock.advance(Duration::from_nanos(1));
    assert_eq!(store.load(&key(1)).unwrap(), None);
    assert_eq!(store.len(), 1, "a load is a pure read");
}

#[test]
fn load_2_keys_that_differ_in_one_bit_are_different() {
    let (store, _) = store();
    create(&store, &key(1), 1);
    for bit in 0..256 {
        let mut bytes = *key(1).digest.as_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let mut other = key(1);
        other.digest = Digest::from_bytes(bytes);
        assert!(!is_live(&store, &other));
        create(&store, &other, 2);
    }
    for bit in 0..128 {
        let mut bytes = *key(1).family.as_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let mut other = key(1);
        other.family = Family::from_bytes(bytes);
        assert!(!is_live(&store, &other));
    }
    assert_eq!(store.load(&key(1)).unwrap().unwrap().revision, rev(1));
}

#[test]
fn load_3_the_bytes_come_back_exactly_and_are_not_copied() {
    let (store, _) = store();
    let large = vec![0xff; 1 << 20];
    for (number, data) in (0..).zip([&b""[..], b"\0", b"\xff\xfe", &large]) {
        store.create(&key(number), write(1, data), None).unwrap();
        let (one, two) =
            (store.load(&key(number)).unwrap().unwrap(), store.load(&key(number)).unwrap().unwrap());
        assert_eq!(one.data, data);
        assert!(data.is_empty() || one.data.as_ptr() == two.data.as_ptr());
    }
}

#[test]
fn load_4_a_load_does_not_move_the_deadline() {
    let (store, clock) = store();
    create(&store, &key(1), 1);
    clock.advance(TTL / 2);
    assert!(is_live(&store, &key(1)));
    clock.advance(TTL / 2);
    assert!(!is_live(&store, &key(1)));
}

#[test]
fn commit_1_only_with_the_expected_revision() {
    let (store, _) = store();
    create(&store, &key(1), 1);
    assert_eq!(store.commit(&key(1), rev(1), write(2, b"two")).unwrap(), CommitOutcome::Written);
    let now = Stored { revision: rev(2), remaining: TTL, data: "two".into() };
    assert_eq!(
        store.commit(&key(1), rev(1), write(3, b"three")).unwrap(),
        CommitOutcome::Conflict(now.clone())
    );
    assert_eq!(store.load(&key(1)).unwrap(), Some(now));
}

#[test]
fn commit_2_nothing_is_stored_where_nothing_lives() {
    let (store, clock) = store();
    create(&store, &key(1), 1);
    create(&store, &key(2), 1);
    store.delete(&key(2), None, None).unwrap();
    clock.advance(TTL);
    for absent in [key(1), key(2), key(3)] {
        assert_eq!(store.commit(&absent, rev(1), write(2, b"")).unwrap(), CommitOutcome::Gone);
        assert!(!is_live(&store, &absent));
    }
}

#[test]
fn commit_3_the_same_attempt_again_changes_nothing() {
    let (store, clock) = store();
    create(&store, &key(1), 1);
    store.commit(&key(1), rev(1), write(2, b"two")).unwrap();
    clock.advance(Duration::from_secs(1));
    let before = store.load(&key(1)).unwrap();
    assert_eq!(store.commit(&key(1), rev(1), write(2, b"two")).unwrap(), CommitOutcome::Written);
    assert_eq!(store.load(&key(1)).unwrap(), before, "the deadline included");
}

#[test]
fn commit_5_an_equal_payload_is_a_write() {
    let (store, clock) = store();
    create(&store, &key(1), 1);
    clock.advance(Duration::from_secs(1));
    assert_eq!(store.commit(&key(1), rev(1), write(2, b"data")).unwrap(), CommitOutcome::Written);
    let now = Stored { revision: rev(2), remaining: TTL, data: "data".into() };
    assert_eq!(store.load(&key(1)).unwrap(), Some(now));
}

#[test]
fn touch_sets_the_deadline_and_nothing_else() {
    let (store, clock) = store();
    create(&store, &key(1), 1);
    for ttl in [TTL * 2, TTL / 2] {
        assert_eq!(store.touch(&key(1), rev(1), ttl).unwrap(), TouchOutcome::Touched);
        let now = Stored { revision: rev(1), remaining: ttl, data: "data".into() };
        assert_eq!(store.load(&key(1)).unwrap(), Some(now));
    }
    clock.advance(TTL / 2);
    assert_eq!(store.touch(&key(1), rev(1), TTL).unwrap(), TouchOutcome::Gone, "TOUCH-1");
    assert!(!is_live(&store, &key(1)));
}

#[test]
fn touch_3_another_revision_keeps_its_deadline() {
    let (store, _) = store();
    create(&store, &key(1), 1);
    store.commit(&key(1), rev(1), write(2, b"")).unwrap();
    assert_eq!(store.touch(&key(1), rev(1), TTL / 2).unwrap(), TouchOutcome::Gone);
    assert_eq!(store.load(&key(1)).unwrap().unwrap().remaining, TTL);
}

#[test]
fn delete_1_nothing_brings_the_key_back() {
    let (store, _) = store();
    create(&store, &key(1), 1);
    assert_eq!(store.delete(&key(1), Some(rev(1)), None).unwrap(), DeleteOutcome::Deleted);
    assert_eq!(store.delete(&key(1), None, None).unwrap(), DeleteOutcome::Gone);
    assert_eq!(store.commit(&key(1), rev(1), write(2, b"")).unwrap(), CommitOutcome::Gone);
    assert_eq!(store.touch(&key(1), rev(1), TTL).unwrap(), TouchOutcome::Gone);
    let mut to = key(2);
    to.family = key(1).family;
    assert_eq!(store.rotate(&key(1), rev(1), &to, write(2, b""), None).unwrap(), RotateOutcome::Gone);
    assert!(!is_live(&store, &key(1)) && !is_live(&store, &to));
    assert_eq!((store.len(), store.bytes()), (0, 0));
}

#[test]
fn delete_2_another_revision_is_not_deleted() {
    let (store, clock) = store();
    create(&store, &key(1), 1);
    let now = store.load(&key(1)).unwrap().unwrap();
    assert_eq!(store.delete(&key(1), Some(rev(9)), None).unwrap(), DeleteOutcome::Conflict(now));
    assert!(is_live(&store, &key(1)));
    clock.advance(TTL);
    assert_eq!(store.delete(&key(1), Some(rev(9)), None).unwrap(), DeleteOutcome::Gone);
}

#[test]
fn ttl_1_no_ttl_is_never_and_none_is_for_ever() {
    let (store, clock) = store();
    let milli = Duration::from_millis(1);
    for (number, ttl) in (0..).zip([Duration::ZERO, Duration::from_nanos(1), milli]) {
        store.create(&key(number), Write { ttl, ..write(1, b"") }, None).unwrap();
        store.create(&key(number + 9), write(1, b""), None).unwrap();
        store.touch(&key(number + 9), rev(1), ttl).unwrap();
        for key in [key(number), key(number + 9)] {
            assert_eq!(store.load(&key).unwrap().unwrap().remaining, milli, "{ttl:?}");
        }
    }
    clock.advance(milli);
    assert!((0..12).all(|number| !is_live(&store, &key(number))));
}

#[test]
fn the_ends_of_time_saturate() {
    let (store, clock) = store();
    clock.advance(Duration::from_secs(1));
    store.create(&key(1), Write { ttl: Duration::MAX, ..write(1, b"") }, None).unwrap();
    assert_eq!(store.touch(&key(1), rev(1), Duration::MAX).unwrap(), TouchOutcome::Touched);
    // The end is 584 years after the start of the clock.
    let left = Duration::from_nanos(u64::MAX) - Duration::from_secs(1);
    assert_eq!(store.load(&key(1)).unwrap().unwrap().remaining, left);
    clock.advance(Duration::MAX);
    assert!(!is_live(&store, &key(1)));
    store.create(&key(2), write(1, b""), None).unwrap();
    assert!(!is_live(&store, &key(2)), "no time is left");
    assert_eq!(store.sweep(9).unwrap(), 2);
    assert!(store.is_empty());
}

#[test]
fn a_clock_that_runs_backwards_revives_nothing() {
    struct Backwards(std::sync::atomic::AtomicU64);
    impl session_memory::Clock for Backwards {
        fn now(&self) -> Duration {
            Duration::from_secs(self.0.fetch_sub(200, std::sync::atomic::Ordering::Relaxed))
        }
    }
    let store = session_memory::MemoryStore::builder().clock(Backwards(10_000.into())).build().unwrap();
    assert_eq!(store.create(&key(1), write(1, b""), None).unwrap(), created());
    assert_eq!(store.load(&key(1)).unwrap().unwrap().remaining, TTL, "time stood still instead");
}
