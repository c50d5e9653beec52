use std::error::Error as _;

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{
        Answer, Applied, Call, Cap, CommitOutcome, CreateOutcome, Cursor, DeleteOutcome, Listed, OnFull,
        Page, Revision, RotateOutcome, StoreError, StoreErrorKind, Stored, TouchOutcome, Write,
    },
};

use super::{Wire, fields, variants};

impl<'a> Wire<'a> for Digest {
    fn put(&self, out: &mut Vec<u8>) {
        self.as_bytes().put(out);
    }

    fn take(from: &mut &'a [u8]) -> Option<Self> {
        Wire::take(from).map(Self::from_bytes)
    }
}

impl<'a> Wire<'a> for Family {
    fn put(&self, out: &mut Vec<u8>) {
        self.as_bytes().put(out);
    }

    fn take(from: &mut &'a [u8]) -> Option<Self> {
        Wire::take(from).map(Self::from_bytes)
    }
}

impl<'a> Wire<'a> for Revision {
    fn put(&self, out: &mut Vec<u8>) {
        self.as_bytes().put(out);
    }

    fn take(from: &mut &'a [u8]) -> Option<Self> {
        Wire::take(from).map(Self::from_bytes)
    }
}

fields! {
    StoreKey: family, digest;
    Write<'a>: next, data, ttl;
    Cap: max, on_full;
    Page: after, limit;
    Cursor: position, digest;
    Stored: revision, remaining, data;
    Listed: sessions, next;
}

variants! {
    OnFull:
    0 Refuse {}
    1 EvictOldest {}

    Call<'a>:
    0 Load { key: key }
    1 Create { key: key, write: write, cap: cap }
    2 Commit { key: key, expected: expected, replaced: replaced, write: write }
    3 Touch { key: key, expected: expected, ttl: ttl }
    4 Rotate { from: old, expected: expected, to: to, write: write, tombstone: tombstone }
    5 Delete { key: key, expected: expected, tombstone: tombstone }
    6 List { family: family, page: page }
    7 Revoke { family: family, keep: keep }
    8 Sweep { limit: limit }

    Answer:
    0 Load { 0: stored }
    1 Create { 0: outcome }
    2 Commit { 0: outcome }
    3 Touch { 0: outcome }
    4 Rotate { 0: outcome }
    5 Delete { 0: outcome }
    6 List { 0: listed }
    7 Revoke { 0: ended }
    8 Sweep { 0: removed }

    CreateOutcome:
    0 Created { evicted: evicted }
    1 Exists {}
    2 Full {}

    CommitOutcome:
    0 Written {}
    1 Conflict { 0: live }
    2 Gone {}

    TouchOutcome:
    0 Touched {}
    1 Gone {}

    RotateOutcome:
    0 Written {}
    1 Conflict { 0: live }
    2 Exists {}
    3 Gone {}

    DeleteOutcome:
    0 Deleted {}
    1 Conflict { 0: live }
    2 Gone {}

    Applied:
    0 No {}
    1 Unknown {}
}

const KINDS: [StoreErrorKind; 11] = [
    StoreErrorKind::Unavailable,
    StoreErrorKind::Timeout,
    StoreErrorKind::ReadOnly,
    StoreErrorKind::OutOfSpace,
    StoreErrorKind::Overloaded,
    StoreErrorKind::Denied,
    StoreErrorKind::TooLarge,
    StoreErrorKind::Undecodable,
    StoreErrorKind::Unsupported,
    StoreErrorKind::Protocol,
    StoreErrorKind::Other,
];

impl<'a> Wire<'a> for StoreError {
    fn put(&self, out: &mut Vec<u8>) {
        self.kind().label().to_owned().put(out);
        self.applied().put(out);
        self.source().map(ToString::to_string).put(out);
    }

    fn take(from: &mut &'a [u8]) -> Option<Self> {
        let label = String::take(from)?;
        let kind = KINDS.into_iter().find(|kind| kind.label() == label)?;
        let error = Self::new(kind, Applied::take(from)?);
        Some(match <Option<String> as Wire>::take(from)? {
            Some(source) => error.with_source(source),
            None => error,
        })
    }
}
