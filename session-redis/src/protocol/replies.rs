//! What the replies to each operation mean.

use std::time::Duration;

use bytes::{Buf as _, Bytes};
use session_core::{
    id::Digest,
    store::{
        CommitOutcome, Cursor, DeleteOutcome, Revision, RotateOutcome, StoreError, Stored, TouchOutcome,
    },
};

use super::{
    Reply,
    errors::{not_applied, undecodable, unexpected_reply},
};

/// How many bytes of a value are its revision.
pub(super) const REVISION: usize = 16;
/// How many digits a stamp has.
const STAMP: usize = 16;

/// The digits of a stamp.
pub(crate) type Stamp = [u8; STAMP];

/// `FLOOR` in `owned.lua`: all stamps are above.
pub(crate) const FLOOR: Stamp = *b"0100000000000000";

/// The sessions that a script has ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Ended {
    /// How many were alive.
    pub(crate) count: u64,
    /// All of them have stamps above this one.
    pub(crate) low: Stamp,
    /// All of them have stamps up to this one.
    pub(crate) high: Stamp,
    /// The oldest of them.
    pub(crate) digests: Vec<Digest>,
}

/// Some sessions of an owner's index.
#[derive(Debug)]
pub(crate) struct Members {
    /// Those above the mark, newest first.
    pub(crate) cursors: Vec<Cursor>,
    /// Tells the last revocation from others. Each gives a new stamp to the session that it keeps.
    pub(crate) revocation: Bytes,
}

/// A session and its place in the list.
pub(crate) type Placed = (Cursor, Stored);

/// What became of an owned session that was to be created.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Created {
    Done(Ended),
    Exists,
    Full,
    /// Nothing was done, because the index has to be cleaned further.
    Again,
}

/// The record of an anonymous session, from the replies to `GET` and `PTTL`.
pub(crate) fn loaded(reply: Reply) -> Result<Option<Stored>, StoreError> {
    let found = reply.into_parts().and_then(|[value, remaining]| stored(value, &remaining, false));
    found.map_err(not_applied)
}

/// The record of an owned session, from the replies to `GET`, `PTTL` and `GET` of the mark.
pub(crate) fn loaded_owned(reply: Reply) -> Result<Option<Stored>, StoreError> {
    let found = reply.into_parts().and_then(|[value, remaining, mark]| {
        if is_revoked(&value, &mark)? { Ok(None) } else { stored(value, &remaining, true) }
    });
    found.map_err(not_applied)
}

/// The records of these members of an index, from the replies to `GET` of the mark, pairs of `GET` and `PTTL`, and `ZMSCORE`.
/// Returns also the stamps of those that are no longer in the index.
pub(crate) fn listed(
    members: &[(Digest, Cursor)],
    reply: Reply,
) -> Result<(Vec<Placed>, Vec<u64>), StoreError> {
    let mut replies = reply.into_array()?;
    let scores = replies.pop().ok_or_else(unexpected_reply)?.into_array()?;
    if scores.len() != members.len() {
        return Err(unexpected_reply());
    }
    let mut replies = replies.into_iter();
    let mark = replies.next().ok_or_else(unexpected_reply)?;
    let (mut sessions, mut missing) = (Vec::new(), Vec::new());
    for ((_, cursor), score) in members.iter().zip(scores) {
        let (Some(value), Some(remaining)) = (replies.next(), replies.next()) else {
            return Err(unexpected_reply());
        };
        if score == Reply::Nil {
            missing.push(cursor.position);
        } else if !is_revoked(&value, &mark)?
            && let Some(stored) = stored(value, &remaining, true)?
        {
            sessions.push((*cursor, stored));
        }
    }
    Ok((sessions, missing))
}

/// The members of a page, from the replies to `GET` of the mark and `ZRANGE`.
pub(crate) fn members(reply: Reply) -> Result<Members, StoreError> {
    let [mark, members] = reply.into_parts()?;
    above_mark(mark, members.into_array()?)
}

/// The members that have these stamps, from the replies to a `ZRANGE` for each, and `GET` of the mark.
pub(crate) fn successors(stamps: &[u64], reply: Reply) -> Result<Members, StoreError> {
    let mut ranges = reply.into_array()?;
    let mark = ranges.pop().ok_or_else(unexpected_reply)?;
    if ranges.len() != stamps.len() {
        return Err(unexpected_reply());
    }
    let mut parts = Vec::with_capacity(2 * ranges.len());
    for range in ranges {
        parts.append(&mut range.into_array()?);
    }
    above_mark(mark, parts)
}

/// Pairs of member and score.
fn above_mark(value: Reply, parts: Vec<Reply>) -> Result<Members, StoreError> {
    let mark = mark_of(&value)?.map_or(0, |mark| number(mark).unwrap_or(u64::MAX));
    let revocation = match value {
        Reply::Bytes(mut value) => value.split_off(value.len().min(2 * STAMP)),
        _ => Bytes::new(),
    };
    let mut parts = parts.into_iter();
    let mut cursors = Vec::with_capacity(parts.len() / 2);
    while let Some(member) = parts.next() {
        let position = match parts.next() {
            Some(Reply::Bytes(score)) => number(&score),
            _ => None,
        };
        let cursor = Cursor { position: position.ok_or_else(unexpected_reply)?, digest: entry(&member)? };
        if cursor.position > mark {
            cursors.push(cursor);
        }
    }
    Ok(Members { cursors, revocation })
}

/// Whether `SET … NX` has set the key.
pub(crate) fn inserted(reply: Reply) -> Result<bool, StoreError> {
    match reply.into_parts()? {
        [Reply::Status(_)] => Ok(true),
        [Reply::Nil] => Ok(false),
        _ => Err(unexpected_reply()),
    }
}

/// Whether the key that an insert found was set by an earlier attempt at it, from the reply to `GETRANGE` of its revision.
pub(crate) fn repeated(next: Revision, reply: Reply) -> Result<bool, StoreError> {
    match reply.into_parts()? {
        [Reply::Bytes(revision)] => Ok(*revision == *next.as_bytes()),
        _ => Err(unexpected_reply()),
    }
}

pub(crate) fn created_owned(reply: Reply) -> Result<Created, StoreError> {
    match reply {
        Reply::Int(2) => Ok(Created::Exists),
        Reply::Int(3) => Ok(Created::Full),
        Reply::Int(4) => Ok(Created::Again),
        other => Ok(Created::Done(ended(other)?)),
    }
}

pub(crate) fn committed(owned: bool, reply: Reply) -> Result<CommitOutcome, StoreError> {
    match reply {
        Reply::Int(0) => Ok(CommitOutcome::Gone),
        Reply::Int(1) => Ok(CommitOutcome::Written),
        other => Ok(conflict(owned, other)?.map_or(CommitOutcome::Gone, CommitOutcome::Conflict)),
    }
}

pub(crate) fn touched(reply: &Reply) -> Result<TouchOutcome, StoreError> {
    match reply {
        Reply::Int(0) => Ok(TouchOutcome::Gone),
        Reply::Int(1) => Ok(TouchOutcome::Touched),
        _ => Err(unexpected_reply()),
    }
}

pub(crate) fn rotated(owned: bool, reply: Reply) -> Result<RotateOutcome, StoreError> {
    match reply {
        Reply::Int(0) => Ok(RotateOutcome::Gone),
        Reply::Int(1) => Ok(RotateOutcome::Written),
        Reply::Int(2) => Ok(RotateOutcome::Exists),
        other => Ok(conflict(owned, other)?.map_or(RotateOutcome::Gone, RotateOutcome::Conflict)),
    }
}

pub(crate) fn deleted(owned: bool, reply: Reply) -> Result<DeleteOutcome, StoreError> {
    match reply {
        Reply::Int(0) => Ok(DeleteOutcome::Gone),
        Reply::Int(1) => Ok(DeleteOutcome::Deleted),
        other => Ok(conflict(owned, other)?.map_or(DeleteOutcome::Gone, DeleteOutcome::Conflict)),
    }
}

pub(crate) fn ended(reply: Reply) -> Result<Ended, StoreError> {
    let mut parts = reply.into_array()?.into_iter();
    let (Some(Reply::Int(count)), Some(low), Some(high)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(unexpected_reply());
    };
    let count = u64::try_from(count).map_err(|_| unexpected_reply())?;
    let one = |reply| match reply {
        Reply::Bytes(bytes) => digest(&bytes),
        _ => Err(unexpected_reply()),
    };
    let digests = parts.map(one).collect::<Result<_, _>>()?;
    Ok(Ended { count, low: stamp(&low)?, high: stamp(&high)?, digests })
}

/// The sessions that are to be removed next, from the replies to `UNLINK`, `ZREM` and `ZRANGE`.
pub(crate) fn removed(reply: Reply) -> Result<Vec<Digest>, StoreError> {
    match reply.into_parts()? {
        [Reply::Int(_), Reply::Int(_), next] => next.into_array()?.iter().map(entry).collect(),
        _ => Err(unexpected_reply()),
    }
}

fn conflict(owned: bool, reply: Reply) -> Result<Option<Stored>, StoreError> {
    let [value, remaining] = reply.into_parts()?;
    stored(value, &remaining, owned)
}

/// The record in a value, which begins with the revision and, for an owned session, the stamp.
fn stored(value: Reply, remaining: &Reply, owned: bool) -> Result<Option<Stored>, StoreError> {
    let mut value = match (value, remaining) {
        (Reply::Nil, Reply::Int(_)) => return Ok(None),
        (Reply::Bytes(value), _) => value,
        _ => return Err(unexpected_reply()),
    };
    let head = if owned { REVISION + STAMP } else { REVISION };
    let Some(revision) = value.first_chunk().copied().filter(|_| value.len() >= head) else {
        return Err(undecodable("the value is shorter than the head of a record"));
    };
    let remaining = match remaining {
        // The record expired between the two commands.
        Reply::Int(-2) => return Ok(None),
        Reply::Int(-1) => return Err(undecodable("the key has no deadline, so another program wrote it")),
        Reply::Int(millis) => Duration::from_millis(u64::try_from(*millis).unwrap_or(1).max(1)),
        _ => return Err(unexpected_reply()),
    };
    value.advance(head);
    Ok(Some(Stored { revision: Revision::from_bytes(revision), remaining, data: value }))
}

/// Whether the stamp of the record is not above the mark. Without a valid mark that is an error.
fn is_revoked(value: &Reply, mark: &Reply) -> Result<bool, StoreError> {
    let Some(mark) = mark_of(mark)? else { return Ok(false) };
    let Reply::Bytes(value) = value else { return Ok(false) };
    Ok(value.get(REVISION..REVISION + STAMP).is_some_and(|stamp| *stamp <= mark[..]))
}

/// The mark of an owner, which the last stamp follows.
fn mark_of(reply: &Reply) -> Result<Option<&Stamp>, StoreError> {
    match reply {
        Reply::Nil => Ok(None),
        Reply::Bytes(value) => match value.first_chunk::<{ 2 * STAMP }>() {
            Some(digits) if digits.iter().all(u8::is_ascii_digit) => Ok(digits.first_chunk()),
            _ => Err(undecodable("another program wrote the mark of revocations")),
        },
        _ => Err(unexpected_reply()),
    }
}

fn stamp(reply: &Reply) -> Result<Stamp, StoreError> {
    let Reply::Bytes(bytes) = reply else { return Err(unexpected_reply()) };
    let stamp = (**bytes).try_into().ok();
    stamp.filter(|stamp: &Stamp| stamp.iter().all(u8::is_ascii_digit)).ok_or_else(unexpected_reply)
}

fn number(digits: &[u8]) -> Option<u64> {
    let digits =
        str::from_utf8(digits).ok().filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    digits?.parse().ok()
}

/// The digest of an index entry, which follows its kind.
fn entry(reply: &Reply) -> Result<Digest, StoreError> {
    match reply {
        Reply::Bytes(entry) if entry.first() == Some(&b's') => digest(entry.get(1..).unwrap_or_default()),
        _ => Err(unexpected_reply()),
    }
}

fn digest(bytes: &[u8]) -> Result<Digest, StoreError> {
    bytes.try_into().map(Digest::from_bytes).map_err(|_| unexpected_reply())
}
