use std::time::Duration;

use bytes::{Buf as _, Bytes};
use session_core::{
    id::Digest,
    store::{
        Applied, CommitOutcome, CreateOutcome, Cursor, DeleteOutcome, Revision, RotateOutcome, StoreError,
        StoreErrorKind, Stored, TouchOutcome,
    },
};

use crate::protocol::errors::read;

/// What Redis answered, without the types of a client library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reply {
    Nil,
    Int(i64),
    Bytes(Bytes),
    Status(String),
    Array(Vec<Self>),
    /// The whole line, its code first.
    Error(String),
    /// Something that no command of ours answers.
    Other,
}

#[cfg(feature = "tokio")]
impl Reply {
    /// The line of an error.
    pub(crate) fn into_error(self) -> Option<String> {
        match self {
            Self::Error(answer) => Some(answer),
            _ => None,
        }
    }
}

const REVISION: usize = 16;
pub(crate) const STAMP: usize = 16;

/// The record of an anonymous session, from the replies of `GET` and `PTTL`.
pub(crate) fn loaded(reply: Reply) -> Result<Option<Stored>, StoreError> {
    parts(reply).and_then(|[value, remaining]| stored(value, &remaining, false)).map_err(read)
}

/// The record of an owned session, from those and that of `GET` of the mark.
pub(crate) fn loaded_owned(reply: Reply) -> Result<Option<Stored>, StoreError> {
    let found = parts(reply).and_then(|[value, remaining, mark]| {
        if is_revoked(&value, &mark)? { Ok(None) } else { stored(value, &remaining, true) }
    });
    found.map_err(read)
}

/// The records of these members of an index and whether all members have stayed in it, from `GET` of the mark, pairs of
/// `GET` and `PTTL`, and `ZMSCORE`.
pub(crate) fn listed(
    members: &[(Digest, Cursor)],
    reply: Reply,
) -> Result<(Vec<(Digest, Stored)>, bool), StoreError> {
    let mut replies = array(reply)?;
    let scores = array(replies.pop().ok_or_else(nonsense)?)?;
    if scores.len() != members.len() {
        return Err(nonsense());
    }
    let mut replies = replies.into_iter();
    let mark = replies.next().ok_or_else(nonsense)?;
    let (mut sessions, mut stayed) = (Vec::new(), true);
    for ((digest, _), score) in members.iter().zip(scores) {
        let (Some(value), Some(remaining)) = (replies.next(), replies.next()) else {
            return Err(nonsense());
        };
        if score == Reply::Nil {
            stayed = false;
        } else if !is_revoked(&value, &mark)?
            && let Some(stored) = stored(value, &remaining, true)?
        {
            sessions.push((*digest, stored));
        }
    }
    Ok((sessions, stayed))
}

/// The members of an owner's index, newest first, each a stamp and a digest.
pub(crate) fn members(reply: Reply) -> Result<Vec<Cursor>, StoreError> {
    let [members] = <[Reply; 1]>::try_from(array(reply)?).map_err(|_| nonsense())?;
    let member = |reply| match reply {
        Reply::Bytes(member) => {
            let (stamp, rest) = member.split_first_chunk::<STAMP>().ok_or_else(nonsense)?;
            let stamp =
                str::from_utf8(stamp).ok().filter(|stamp| stamp.bytes().all(|digit| digit.is_ascii_digit()));
            let stamp = stamp.and_then(|stamp| stamp.parse().ok());
            Ok(Cursor { position: stamp.ok_or_else(nonsense)?, digest: digest(rest)? })
        }
        _ => Err(nonsense()),
    };
    let mut members = array(members)?.into_iter().map(member).collect::<Result<Vec<_>, _>>()?;
    members.sort_unstable_by(|one, two| two.cmp(one));
    Ok(members)
}

/// To `SET … NX`: whether it was set.
pub(crate) fn inserted(reply: Reply) -> Result<bool, StoreError> {
    match <[Reply; 1]>::try_from(array(reply)?) {
        Ok([Reply::Status(_)]) => Ok(true),
        Ok([Reply::Nil]) => Ok(false),
        _ => Err(nonsense()),
    }
}

/// To `GETRANGE` of the revision of a key that exists: whether the attempt is its own repetition.
pub(crate) fn repeated(next: Revision, reply: Reply) -> Result<bool, StoreError> {
    match <[Reply; 1]>::try_from(array(reply)?) {
        Ok([Reply::Bytes(revision)]) => Ok(*revision == *next.as_bytes()),
        _ => Err(nonsense()),
    }
}

pub(crate) fn created_owned(reply: Reply) -> Result<CreateOutcome, StoreError> {
    match reply {
        Reply::Int(2) => Ok(CreateOutcome::Exists),
        Reply::Int(3) => Ok(CreateOutcome::Full),
        other => Ok(CreateOutcome::Created { evicted: digests(other)? }),
    }
}

pub(crate) fn committed(owned: bool, reply: Reply) -> Result<CommitOutcome, StoreError> {
    match reply {
        Reply::Int(0) => Ok(CommitOutcome::Gone),
        Reply::Int(1) => Ok(CommitOutcome::Written),
        other => {
            conflict(owned, other).map(|stored| stored.map_or(CommitOutcome::Gone, CommitOutcome::Conflict))
        }
    }
}

pub(crate) fn touched(reply: &Reply) -> Result<TouchOutcome, StoreError> {
    match reply {
        Reply::Int(0) => Ok(TouchOutcome::Gone),
        Reply::Int(1) => Ok(TouchOutcome::Touched),
        _ => Err(nonsense()),
    }
}

pub(crate) fn rotated(owned: bool, reply: Reply) -> Result<RotateOutcome, StoreError> {
    match reply {
        Reply::Int(0) => Ok(RotateOutcome::Gone),
        Reply::Int(1) => Ok(RotateOutcome::Written),
        Reply::Int(2) => Ok(RotateOutcome::Exists),
        other => {
            conflict(owned, other).map(|stored| stored.map_or(RotateOutcome::Gone, RotateOutcome::Conflict))
        }
    }
}

pub(crate) fn deleted(owned: bool, reply: Reply) -> Result<DeleteOutcome, StoreError> {
    match reply {
        Reply::Int(0) => Ok(DeleteOutcome::Gone),
        Reply::Int(1) => Ok(DeleteOutcome::Deleted),
        other => {
            conflict(owned, other).map(|stored| stored.map_or(DeleteOutcome::Gone, DeleteOutcome::Conflict))
        }
    }
}

/// The digests of sessions that a script ended.
pub(crate) fn digests(reply: Reply) -> Result<Vec<Digest>, StoreError> {
    let one = |reply| match reply {
        Reply::Bytes(bytes) => digest(&bytes),
        _ => Err(nonsense()),
    };
    array(reply)?.into_iter().map(one).collect()
}

fn conflict(owned: bool, reply: Reply) -> Result<Option<Stored>, StoreError> {
    let Ok([value, remaining]) = <[Reply; 2]>::try_from(array(reply)?) else {
        return Err(nonsense());
    };
    stored(value, &remaining, owned)
}

/// A record from its value, without the revision and, of an owned one, the stamp.
fn stored(value: Reply, remaining: &Reply, owned: bool) -> Result<Option<Stored>, StoreError> {
    let mut value = match (value, remaining) {
        (Reply::Nil, Reply::Int(_)) => return Ok(None),
        (Reply::Bytes(value), _) => value,
        _ => return Err(nonsense()),
    };
    let head = if owned { REVISION + STAMP } else { REVISION };
    let Some(revision) = value.first_chunk().copied().filter(|_| value.len() >= head) else {
        return Err(undecodable("it is shorter than the head of a record"));
    };
    let remaining = match remaining {
        // It expired between the two commands.
        Reply::Int(-2) => return Ok(None),
        Reply::Int(-1) => return Err(undecodable("it has no deadline, so it is not this store's")),
        Reply::Int(millis) => Duration::from_millis(u64::try_from(*millis).unwrap_or(1).max(1)),
        _ => return Err(nonsense()),
    };
    value.advance(head);
    Ok(Some(Stored { revision: Revision::from_bytes(revision), remaining, data: value }))
}

/// Whether the stamp of the record is not above the mark. Unless the mark is told, that cannot be.
fn is_revoked(value: &Reply, mark: &Reply) -> Result<bool, StoreError> {
    let mark = match mark {
        Reply::Nil => return Ok(false),
        Reply::Bytes(mark) if mark.len() == STAMP => mark,
        Reply::Bytes(_) => {
            return Err(undecodable("the mark of the owner's revocations is not this store's"));
        }
        _ => return Err(nonsense()),
    };
    let Reply::Bytes(value) = value else { return Ok(false) };
    Ok(value.get(REVISION..REVISION + STAMP).is_some_and(|stamp| *stamp <= **mark))
}

fn array(reply: Reply) -> Result<Vec<Reply>, StoreError> {
    match reply {
        Reply::Array(replies) => Ok(replies),
        _ => Err(nonsense()),
    }
}

fn parts<const N: usize>(reply: Reply) -> Result<[Reply; N], StoreError> {
    array(reply)?.try_into().map_err(|_| nonsense())
}

fn digest(bytes: &[u8]) -> Result<Digest, StoreError> {
    bytes.try_into().map(Digest::from_bytes).map_err(|_| nonsense())
}

fn nonsense() -> StoreError {
    StoreError::new(StoreErrorKind::Protocol, Applied::Unknown)
        .with_source("a reply of another shape than the command's")
}

fn undecodable(reason: &'static str) -> StoreError {
    StoreError::new(StoreErrorKind::Undecodable, Applied::No).with_source(reason)
}
