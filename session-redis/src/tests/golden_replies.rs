//! What each reply means, also a reply that Redis never gives.

use std::time::Duration;

use bytes::Bytes;
use session_core::{
    id::Digest,
    store::{
        Applied, CommitOutcome, Cursor, DeleteOutcome, Revision, RotateOutcome, StoreError, StoreErrorKind,
        Stored, TouchOutcome,
    },
};

use crate::protocol::{
    Reply,
    replies::{
        Created, Ended, committed, created_owned, deleted, ended, inserted, listed, loaded, loaded_owned,
        members, removed, repeated, rotated, successors, touched,
    },
};

const REVISION: Revision = Revision::from_bytes(*b"0123456789abcdef");
const OLD: &str = "0100000000000001";
const NEW: &str = "0100000000000002";

fn bytes(text: &str) -> Reply {
    Reply::Bytes(Bytes::copy_from_slice(text.as_bytes()))
}

fn record(stamp: &str, data: &str) -> Reply {
    bytes(&format!("0123456789abcdef{stamp}{data}"))
}

/// The value of a mark, with the last stamp.
fn mark(stamp: &str) -> Reply {
    bytes(&format!("{stamp}{NEW}"))
}

fn array(replies: &[Reply]) -> Reply {
    Reply::Array(replies.to_vec())
}

fn stored(data: &'static str, millis: u64) -> Stored {
    Stored { revision: REVISION, remaining: Duration::from_millis(millis), data: Bytes::from(data) }
}

fn digest(byte: u8) -> Digest {
    Digest::from_bytes([byte; 32])
}

fn kind<T: std::fmt::Debug>(answer: Result<T, StoreError>) -> StoreErrorKind {
    answer.unwrap_err().kind()
}

/// Replies of every shape, all of them unexpected.
fn hostile() -> Vec<Reply> {
    let scalars = [
        Reply::Nil,
        Reply::Int(7),
        Reply::Int(i64::MIN),
        bytes(""),
        bytes("x"),
        Reply::Status("OK".into()),
        Reply::Error("ERR".into()),
        Reply::Other,
    ];
    let mut replies = scalars.to_vec();
    replies.extend(scalars.iter().map(|one| array(std::slice::from_ref(one))));
    replies.extend(scalars.iter().map(|one| array(&[one.clone(), one.clone()])));
    replies.extend(scalars.iter().map(|one| array(&[one.clone(), one.clone(), one.clone(), one.clone()])));
    replies.push(array(&[array(&[array(&[])])]));
    replies
}

#[test]
fn a_record_is_what_follows_its_head() {
    let live = array(&[record("", "data"), Reply::Int(1500)]);
    assert_eq!(loaded(live).unwrap(), Some(stored("data", 1500)));
    assert_eq!(loaded(array(&[record("", ""), Reply::Int(0)])).unwrap(), Some(stored("", 1)));
    for absent in [array(&[Reply::Nil, Reply::Int(-2)]), array(&[record("", "data"), Reply::Int(-2)])] {
        assert_eq!(loaded(absent).unwrap(), None);
    }
    let owned = |mark| loaded_owned(array(&[record(NEW, "data"), Reply::Int(1500), mark])).unwrap();
    assert_eq!(owned(Reply::Nil), Some(stored("data", 1500)));
    assert_eq!(owned(mark(OLD)), Some(stored("data", 1500)));
    assert_eq!(owned(mark(NEW)), None, "its stamp is not above the mark");
    let revoked = bytes(&format!("{NEW}{NEW}000000000000beef17"));
    assert_eq!(owned(revoked), None, "what the last revocation told is behind it");
}

#[test]
fn unless_the_mark_is_told_nobody_knows_whether_a_session_is_revoked() {
    let record = || [record(NEW, "data"), Reply::Int(1500)];
    let one = [(digest(1), Cursor { position: 2, digest: digest(1) })];
    for mark in [
        Reply::Other,
        Reply::Int(0),
        Reply::Status("OK".into()),
        array(&[]),
        bytes(""),
        bytes("9"),
        bytes(OLD),
        mark("-000000000000001"),
    ] {
        let [value, remaining] = record();
        let loaded = loaded_owned(array(&[value, remaining, mark.clone()]));
        assert!(loaded.is_err(), "{mark:?}: {loaded:?}");
        let [value, remaining] = record();
        let listed = listed(&one, array(&[mark.clone(), value, remaining, array(&[bytes("5")])]));
        assert!(listed.is_err(), "{mark:?}: {listed:?}");
    }
}

#[test]
fn a_load_that_cannot_be_read_has_changed_nothing() {
    for reply in hostile() {
        for failed in [loaded(reply.clone()), loaded_owned(reply)] {
            assert_eq!(failed.unwrap_err().applied(), Applied::No);
        }
    }
}

#[test]
fn what_is_no_record_is_an_error_and_not_absent() {
    for (value, remaining) in [("short", 10), ("", 10), ("0123456789abcdefdata", -1)] {
        let reply = array(&[bytes(value), Reply::Int(remaining)]);
        assert_eq!(kind(loaded(reply)), StoreErrorKind::Undecodable, "{value}");
    }
    let without_stamp = array(&[bytes("0123456789abcdefshort"), Reply::Int(10), Reply::Nil]);
    assert_eq!(kind(loaded_owned(without_stamp)), StoreErrorKind::Undecodable);
}

#[test]
fn what_a_write_answers() {
    assert!(inserted(array(&[Reply::Status("OK".into())])).unwrap());
    assert!(!inserted(array(&[Reply::Nil])).unwrap());
    assert!(repeated(REVISION, array(&[bytes("0123456789abcdef")])).unwrap());
    assert!(!repeated(REVISION, array(&[bytes("fedcba9876543210")])).unwrap());
    assert!(!repeated(REVISION, array(&[bytes("")])).unwrap(), "it has expired since");

    let [low, high] = [OLD, NEW].map(|stamp| stamp.as_bytes().try_into().unwrap());
    let head = [Reply::Int(2), bytes(OLD), bytes(NEW)];
    let one = array(&[&head[..], &[Reply::Bytes(Bytes::copy_from_slice(&[7; 32]))]].concat());
    let found = |digests| Ended { count: 2, low, high, digests };
    assert_eq!(ended(array(&head)).unwrap(), found(vec![]));
    assert_eq!(ended(one.clone()).unwrap(), found(vec![digest(7)]));
    assert_eq!(created_owned(one).unwrap(), Created::Done(found(vec![digest(7)])));
    assert_eq!(created_owned(Reply::Int(2)).unwrap(), Created::Exists);
    assert_eq!(created_owned(Reply::Int(3)).unwrap(), Created::Full);
    assert_eq!(created_owned(Reply::Int(4)).unwrap(), Created::Again);
    for hostile in [
        [Reply::Int(-1), bytes(OLD), bytes(NEW)],
        [Reply::Int(1), bytes("-100000000000001"), bytes(NEW)],
        [Reply::Int(1), bytes(OLD), bytes("1")],
        [Reply::Int(1), bytes(OLD), Reply::Nil],
    ] {
        assert_eq!(kind(ended(array(&hostile))), StoreErrorKind::Protocol, "{hostile:?}");
    }
    let entry = |kind: &[u8]| array(&[Reply::Bytes([kind, &[7; 32]].concat().into())]);
    assert_eq!(removed(array(&[Reply::Int(1), Reply::Int(2), entry(b"s")])).unwrap(), [digest(7)]);
    for hostile in [entry(b"d"), entry(b""), entry(b"ss"), array(&[bytes("")]), Reply::Nil] {
        let reply = array(&[Reply::Int(1), Reply::Int(2), hostile]);
        assert_eq!(kind(removed(reply)), StoreErrorKind::Protocol);
    }

    assert_eq!(touched(&Reply::Int(0)).unwrap(), TouchOutcome::Gone);
    assert_eq!(touched(&Reply::Int(1)).unwrap(), TouchOutcome::Touched);
    for owned in [false, true] {
        let conflict = || array(&[record(if owned { NEW } else { "" }, "data"), Reply::Int(5)]);
        let expired = || array(&[Reply::Nil, Reply::Int(-2)]);
        let theirs = || stored("data", 5);
        assert_eq!(committed(owned, Reply::Int(0)).unwrap(), CommitOutcome::Gone);
        assert_eq!(committed(owned, Reply::Int(1)).unwrap(), CommitOutcome::Written);
        assert_eq!(committed(owned, conflict()).unwrap(), CommitOutcome::Conflict(theirs()));
        assert_eq!(committed(owned, expired()).unwrap(), CommitOutcome::Gone);
        assert_eq!(rotated(owned, Reply::Int(0)).unwrap(), RotateOutcome::Gone);
        assert_eq!(rotated(owned, Reply::Int(1)).unwrap(), RotateOutcome::Written);
        assert_eq!(rotated(owned, Reply::Int(2)).unwrap(), RotateOutcome::Exists);
        assert_eq!(rotated(owned, conflict()).unwrap(), RotateOutcome::Conflict(theirs()));
        assert_eq!(rotated(owned, expired()).unwrap(), RotateOutcome::Gone);
        assert_eq!(deleted(owned, Reply::Int(0)).unwrap(), DeleteOutcome::Gone);
        assert_eq!(deleted(owned, Reply::Int(1)).unwrap(), DeleteOutcome::Deleted);
        assert_eq!(deleted(owned, conflict()).unwrap(), DeleteOutcome::Conflict(theirs()));
        assert_eq!(deleted(owned, expired()).unwrap(), DeleteOutcome::Gone);
    }
}

#[test]
fn a_list_is_newest_first_without_what_has_ended() {
    let raw = |byte: u8| {
        let entry = Reply::Bytes([b"s", &digest(byte).as_bytes()[..]].concat().into());
        [entry, bytes(&format!("10000000000000{byte}"))]
    };
    let index = array(&[4, 3, 2, 1].map(raw).concat());
    let positions = |mark| -> Vec<(u64, Digest)> {
        let found = members(array(&[mark, index.clone()])).unwrap();
        found.cursors.iter().map(|found| (found.position % 10, found.digest)).collect()
    };
    assert_eq!(positions(Reply::Nil), [4, 3, 2, 1].map(|byte| (byte.into(), digest(byte))));
    assert_eq!(
        positions(mark(NEW)),
        [4, 3].map(|byte| (byte.into(), digest(byte))),
        "the others are revoked"
    );
    for hostile in
        [raw(1)[..1].to_vec(), vec![raw(1)[0].clone(), bytes("1e15")], vec![bytes("x"), bytes("1")]]
    {
        assert_eq!(kind(members(array(&[Reply::Nil, array(&hostile)]))), StoreErrorKind::Protocol);
    }
    let found = members(array(&[Reply::Nil, index])).unwrap();
    let found: Vec<_> = found.cursors.into_iter().map(|cursor| (cursor.digest, cursor)).collect();

    let session = |stamp| [record(stamp, "data"), Reply::Int(5)];
    let gone = [Reply::Nil, Reply::Int(-2)];
    let parts = [session("0100000000000004"), session("0100000000000003"), gone, session(OLD)].concat();
    let reply = |scores: [Reply; 4]| array(&[&[mark(OLD)][..], &parts, &[array(&scores)]].concat());
    let there = || bytes("5");
    let expected = vec![(found[0].1, stored("data", 5)), (found[1].1, stored("data", 5))];
    let all_there = [there(), there(), there(), there()];
    assert_eq!(listed(&found, reply(all_there)).unwrap(), (expected, vec![]));
    let one_moved = [Reply::Nil, there(), there(), there()];
    let expected = vec![(found[1].1, stored("data", 5))];
    assert_eq!(
        listed(&found, reply(one_moved)).unwrap(),
        (expected, vec![found[0].1.position]),
        "what left the index was read too late"
    );
    assert_eq!(kind(listed(&found, array(&[Reply::Nil]))), StoreErrorKind::Protocol);
    assert_eq!(kind(listed(&found, array(&[Reply::Nil, array(&[there()])]))), StoreErrorKind::Protocol);
}

#[test]
fn what_became_of_sessions_that_left_the_index() {
    let found = |stamp: &str| {
        let entry = [b"s", &digest(7).as_bytes()[..]].concat();
        array(&[Reply::Bytes(Bytes::from(entry)), bytes(stamp)])
    };
    let value = bytes(&format!("{OLD}{NEW}000000000000beef3"));
    let now = successors(&[1, 2, 3], array(&[found(OLD), array(&[]), found(NEW), value])).unwrap();
    assert_eq!(
        now.cursors,
        [Cursor { position: 100_000_000_000_002, digest: digest(7) }],
        "the first is revoked"
    );
    assert_eq!(now.revocation, "000000000000beef3");
    let now = successors(&[1], array(&[array(&[]), mark(OLD)])).unwrap();
    assert_eq!((now.cursors, now.revocation), (vec![], Bytes::new()));
}

#[test]
fn a_reply_of_another_shape_is_never_an_answer() {
    let is_error = |kind| matches!(kind, StoreErrorKind::Protocol | StoreErrorKind::Undecodable);
    for reply in hostile() {
        let again = || reply.clone();
        for owned in [false, true] {
            assert!(
                committed(owned, again()).map_or_else(|error| is_error(error.kind()), |_| false),
                "{reply:?}"
            );
            assert!(
                rotated(owned, again()).map_or_else(|error| is_error(error.kind()), |_| false),
                "{reply:?}"
            );
            assert!(
                deleted(owned, again()).map_or_else(|error| is_error(error.kind()), |_| false),
                "{reply:?}"
            );
        }
        assert_eq!(kind(touched(&reply)), StoreErrorKind::Protocol);
        assert_eq!(kind(created_owned(again())), StoreErrorKind::Protocol);
        assert_eq!(kind(ended(again())), StoreErrorKind::Protocol);
        assert_eq!(kind(removed(again())), StoreErrorKind::Protocol);
        assert!(is_error(kind(members(again()))), "{reply:?}");
        assert!(is_error(kind(successors(&[1], again()))), "{reply:?}");
        assert_eq!(kind(loaded_owned(again())), StoreErrorKind::Protocol);
        assert!(is_error(kind(loaded(again()))), "{reply:?}");
    }
}
