use std::fmt::Debug;

use redis::Value;
use session_core::{
    id::Digest,
    store::{
        CommitOutcome, DeleteOutcome, Revision, RotateOutcome, StoreError, StoreErrorKind, Stored,
        TouchOutcome,
    },
};
use session_redis::fuzzing;

use super::expected::{Expected, marked, record};

/// The first reply as the answer to each operation, and the first two as the answers to a list.
pub(super) fn check(replies: &[Value]) {
    let Some(reply) = replies.first() else { return };
    check_loads(reply);
    for owned in [false, true] {
        check_conflicts(owned, reply);
    }
    check_others(reply);
    check_list(reply, replies.get(1).unwrap_or(reply));
}

/// Only an error that would meet every request, a server that is too old, or one that is no master refuses a connection.
pub(super) fn check_greeting(replies: &[Value]) {
    const BAD: [&str; 10] = [
        "NOAUTH",
        "WRONGPASS",
        "LOADING",
        "MASTERDOWN",
        "CLUSTERDOWN",
        "TRYAGAIN",
        "NOREPLICAS",
        "MISCONF",
        "BUSY",
        "READONLY",
    ];
    let greeted = fuzzing::greeted(replies.to_vec());
    let is_bad = |reply: &Value| match reply {
        Value::ServerError(error) => {
            let details = error.details().unwrap_or_default();
            let is_full = error.code() != "NOPERM" && details.contains("max number of clients");
            BAD.contains(&error.code()) || is_full
        }
        Value::Array(role) => {
            matches!(role.first(), Some(Value::BulkString(role)) if role != b"master")
        }
        _ => false,
    };
    assert!(greeted.is_err() || !replies.iter().any(is_bad), "a connection that is of no use: {replies:?}");
    if let Err(error) = greeted {
        explain(&error);
    }
}

fn check_loads(reply: &Value) {
    let parts = if let Value::Array(parts) = reply { parts.as_slice() } else { &[] };
    agree(
        &fuzzing::loaded(false, reply.clone()),
        match parts {
            [value, remaining] => record(false, value, remaining),
            _ => Expected::Failure,
        },
    );
    agree(
        &fuzzing::loaded(true, reply.clone()),
        match parts {
            [value, remaining, mark] => marked(value, remaining, mark),
            _ => Expected::Failure,
        },
    );
}

/// What a conflict brings is the record that is there; nothing else but `0` means that there is none.
fn check_conflicts(owned: bool, reply: &Value) {
    let number = if let Value::Int(number) = reply { Some(*number) } else { None };
    let expected = || match reply {
        Value::Array(parts) => match parts.as_slice() {
            [value, remaining] => record(owned, value, remaining),
            _ => Expected::Failure,
        },
        _ => Expected::Failure,
    };
    match fuzzing::committed(owned, reply.clone()) {
        Ok(CommitOutcome::Written) => assert_eq!(number, Some(1)),
        Ok(CommitOutcome::Gone) if number == Some(0) => {}
        other => agree(
            &found(other, |outcome| match outcome {
                CommitOutcome::Conflict(stored) => Some(stored),
                _ => None,
            }),
            expected(),
        ),
    }
    match fuzzing::rotated(owned, reply.clone()) {
        Ok(RotateOutcome::Written) => assert_eq!(number, Some(1)),
        Ok(RotateOutcome::Exists) => assert_eq!(number, Some(2)),
        Ok(RotateOutcome::Gone) if number == Some(0) => {}
        other => agree(
            &found(other, |outcome| match outcome {
                RotateOutcome::Conflict(stored) => Some(stored),
                _ => None,
            }),
            expected(),
        ),
    }
    match fuzzing::deleted(owned, reply.clone()) {
        Ok(DeleteOutcome::Deleted) => assert_eq!(number, Some(1)),
        Ok(DeleteOutcome::Gone) if number == Some(0) => {}
        other => agree(
            &found(other, |outcome| match outcome {
                DeleteOutcome::Conflict(stored) => Some(stored),
                _ => None,
            }),
            expected(),
        ),
    }
}

/// A conflict as what it found, anything else as nothing.
fn found<T>(
    outcome: Result<T, StoreError>,
    stored: impl Fn(T) -> Option<Stored>,
) -> Result<Option<Stored>, StoreError> {
    outcome.map(stored)
}

fn check_others(reply: &Value) {
    match fuzzing::touched(reply.clone()) {
        Ok(TouchOutcome::Touched) => assert_eq!(*reply, Value::Int(1)),
        Ok(TouchOutcome::Gone) => assert_eq!(*reply, Value::Int(0)),
        Err(error) => explain(&error),
    }
    match fuzzing::created_owned(reply.clone()) {
        Ok(Some(digests)) => check_digests(&digests, reply, 3),
        Ok(None) => assert!(matches!(reply, Value::Int(2..=4)), "{reply:?}"),
        Err(error) => explain(&error),
    }
    match fuzzing::ended(reply.clone()) {
        Ok((count, digests)) => {
            check_digests(&digests, reply, 3);
            let Value::Array(parts) = reply else { panic!("{reply:?}") };
            assert_eq!(parts[0], Value::Int(count.try_into().unwrap()));
        }
        Err(error) => explain(&error),
    }
    match fuzzing::removed(reply.clone()) {
        Ok(digests) => {
            let Value::Array(parts) = reply else { panic!("{reply:?}") };
            let [Value::Int(_), Value::Int(_), Value::Array(entries)] = &parts[..] else {
                panic!("{reply:?}")
            };
            let expected = digests.iter().map(|digest| [b"s", &digest.as_bytes()[..]].concat());
            assert!(expected.map(Value::BulkString).eq(entries.iter().cloned()), "{reply:?}");
        }
        Err(error) => explain(&error),
    }
    match fuzzing::inserted(reply.clone()) {
        Ok(inserted) => {
            let Value::Array(parts) = reply else { panic!("{reply:?}") };
            let is_ok = matches!(parts[..], [Value::Okay | Value::SimpleString(_)]);
            assert!(inserted == is_ok && (is_ok || parts[..] == [Value::Nil]), "{reply:?}");
        }
        Err(error) => explain(&error),
    }
    let next = [b'0'; 16];
    match fuzzing::repeated(Revision::from_bytes(next), reply.clone()) {
        Ok(repeated) => assert_eq!(repeated, *reply == Value::Array(vec![Value::BulkString(next.to_vec())])),
        Err(error) => explain(&error),
    }
}

/// The digests are those of the reply behind its head.
fn check_digests(digests: &[Digest], reply: &Value, head: usize) {
    let Value::Array(parts) = reply else { panic!("{reply:?}") };
    assert_eq!(digests.len() + head, parts.len());
    for (digest, part) in digests.iter().zip(&parts[head..]) {
        assert_eq!(*part, Value::BulkString(digest.as_bytes().to_vec()));
    }
}

/// Every session of a list is a record that is there and above the mark, and all of those are in it, in the order of the index.
fn check_list(members: &Value, records: &Value) {
    let (count, sessions, stayed) = match fuzzing::listed(members.clone(), records.clone()) {
        Ok(listed) => listed,
        Err(error) => return explain(&error),
    };
    let (Value::Array(members), Value::Array(records)) = (members, records) else { panic!("{members:?}") };
    let [first_mark, Value::Array(parts)] = members.as_slice() else { panic!("{members:?}") };
    let members: Vec<&[u8]> =
        parts.chunks(2).filter(|pair| is_above(&pair[1], first_mark)).map(|pair| bytes(&pair[0])).collect();
    let [mark, records @ .., Value::Array(scores)] = records.as_slice() else { panic!("{records:?}") };
    assert_eq!((count, scores.len()), (members.len(), members.len()));
    assert!(records.len() >= 2 * count, "a member without a record");
    assert_eq!(stayed, !scores.contains(&Value::Nil));
    let mut expected = Vec::new();
    for ((member, [value, remaining]), score) in members.iter().zip(records.as_chunks().0).zip(scores) {
        if *score == Value::Nil {
            continue;
        }
        match marked(value, remaining, mark) {
            Expected::Absent => {}
            Expected::Failure => panic!("a session that cannot be read is left out"),
            live => expected.push((&member[1..], live)),
        }
    }
    assert_eq!(expected.len(), sessions.len());
    for ((digest, live), (of, stored)) in expected.into_iter().zip(sessions) {
        assert_eq!(digest, of.as_bytes());
        agree(&Ok(Some(stored)), live);
    }
}

fn bytes(value: &Value) -> &[u8] {
    match value {
        Value::BulkString(bytes) => bytes,
        other => panic!("{other:?}"),
    }
}

/// Whether a stamp is above the mark of its owner.
fn is_above(stamp: &Value, mark: &Value) -> bool {
    let number = |digits: &[u8]| str::from_utf8(digits).unwrap().parse::<u64>().unwrap();
    *mark == Value::Nil || number(bytes(stamp)) > number(&bytes(mark)[..16])
}

fn agree(found: &Result<Option<Stored>, StoreError>, wanted: Expected<'_>) {
    match found {
        Ok(stored) => assert_eq!(expected(stored.as_ref()), wanted),
        Err(error) => {
            explain(error);
            assert_eq!(wanted, Expected::Failure, "{error:?}");
        }
    }
}

/// A session that was found, or none.
pub(super) fn expected(found: Option<&Stored>) -> Expected<'_> {
    found.map_or(Expected::Absent, |stored| {
        let millis = u64::try_from(stored.remaining.as_millis()).expect("it is a Redis number");
        assert!(millis > 0, "a session without a deadline");
        Expected::Record { revision: stored.revision.as_bytes(), millis, data: &stored.data }
    })
}

/// What cannot be read is said to be that, in words.
fn explain(error: &StoreError) {
    let explained = |error: &dyn Debug| !format!("{error:?}").is_empty();
    assert!(explained(error) && !error.to_string().is_empty());
    let source = std::error::Error::source(error).expect("an error of a reply says why");
    assert!(!source.to_string().is_empty());
    let kinds = [
        StoreErrorKind::Protocol,
        StoreErrorKind::Undecodable,
        StoreErrorKind::Unsupported,
        StoreErrorKind::ReadOnly,
    ];
    assert!(
        kinds.contains(&error.kind()) || source.to_string().starts_with("the server answered"),
        "{error:?}"
    );
}
