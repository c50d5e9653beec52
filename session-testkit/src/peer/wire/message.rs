use std::time::Duration;

use session_core::store::{Answer, Call, StoreError};

use super::{Wire, variants};

/// What the peer's process is asked for.
#[derive(Debug)]
pub(in crate::peer) enum Request<'a> {
    /// To open an instance over the data at a place.
    Open { place: String },
    /// To carry out a call on an instance.
    Call { instance: u64, api: Api, call: Call<'a> },
    /// To set the clock of an instance.
    Clock { instance: u64, time: Duration },
    /// To close an instance.
    Close { instance: u64 },
}

/// An API of an instance.
#[derive(Debug, Clone, Copy)]
pub(in crate::peer) enum Api {
    Nonblocking,
    Blocking,
}

/// What it answers.
#[derive(Debug)]
pub(in crate::peer) enum Reply {
    /// The number of the instance, and its APIs.
    Opened {
        instance: u64,
        nonblocking: bool,
        blocking: bool,
    },
    Answered {
        answer: Result<Answer, StoreError>,
    },
    Done,
    /// The fixture could not open the instance, or the store panicked.
    Failed {
        reason: String,
    },
}

variants! {
    Request<'a>:
    0 Open { place: place }
    1 Call { instance: instance, api: api, call: call }
    2 Clock { instance: instance, time: time }
    3 Close { instance: instance }

    Api:
    0 Nonblocking {}
    1 Blocking {}

    Reply:
    0 Opened { instance: instance, nonblocking: nonblocking, blocking: blocking }
    1 Answered { answer: answer }
    2 Done {}
    3 Failed { reason: reason }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use session_core::{
        id::{Digest, Family, StoreKey},
        store::{
            Applied, Cap, CommitOutcome, CreateOutcome, Cursor, Listed, OnFull, Page, Revision,
            StoreErrorKind, Stored, Write,
        },
    };

    use super::*;

    fn came_back<'a, T: Wire<'a> + std::fmt::Debug>(value: &T, bytes: &'a [u8]) {
        let read = T::from_bytes(bytes).map(|read| format!("{read:?}"));
        assert_eq!(read, Some(format!("{value:?}")));
    }

    #[test]
    fn every_call_comes_through() {
        let family = Family::from_bytes([0x81; 16]);
        let digest = Digest::from_bytes([7; 32]);
        let (key, expected) = (StoreKey { family, digest }, Revision::from_bytes([1; 16]));
        let write = Write { next: Revision::from_bytes([2; 16]), data: &[0, 255, 1], ttl: Duration::MAX };
        let tombstone = Some(Write { data: &[], ..write });
        let cap = Some(Cap { max: NonZeroU32::MIN, on_full: OnFull::EvictOldest });
        let page = Page { after: Some(Cursor { position: 9, digest }), limit: NonZeroU32::MAX };
        let calls = [
            Call::Load { key },
            Call::Create { key, write, cap },
            Call::Create { key, write, cap: None },
            Call::Commit { key, expected, replaced: None, write },
            Call::Commit { key, expected, replaced: Some(b"old"), write },
            Call::Touch { key, expected, ttl: Duration::from_nanos(1) },
            Call::Rotate { from: key, expected, to: StoreKey::default(), write, tombstone },
            Call::Delete { key, expected: Some(expected), tombstone: None },
            Call::List { family, page },
            Call::Revoke { family, keep: Some(digest) },
            Call::Sweep { limit: 3 },
        ];
        for call in calls {
            let request = Request::Call { instance: 5, api: Api::Blocking, call };
            came_back(&request, &request.to_bytes());
        }
        for request in [
            Request::Open { place: "redis://[::1]/ä".to_owned() },
            Request::Clock { instance: 1, time: Duration::from_millis(1) },
            Request::Close { instance: u64::MAX },
        ] {
            came_back(&request, &request.to_bytes());
        }
    }

    #[test]
    fn every_kind_of_answer_comes_through() {
        let digest = Digest::from_bytes([7; 32]);
        let stored = Stored {
            revision: Revision::from_bytes([3; 16]),
            remaining: Duration::from_secs(5),
            data: vec![1; 70_000].into(),
        };
        let answers = [
            Ok(Answer::Load(None)),
            Ok(Answer::Load(Some(stored.clone()))),
            Ok(Answer::Create(CreateOutcome::Created { evicted: vec![digest, digest] })),
            Ok(Answer::Commit(CommitOutcome::Conflict(stored.clone()))),
            Ok(Answer::List(Listed { sessions: vec![(digest, stored)], next: None })),
            Ok(Answer::Revoke(2)),
            Err(StoreError::new(StoreErrorKind::Undecodable, Applied::No)),
        ];
        for answer in answers {
            let reply = Reply::Answered { answer };
            came_back(&reply, &reply.to_bytes());
        }
        let error = StoreError::new(StoreErrorKind::Timeout, Applied::Unknown).with_source("no answer");
        let bytes = error.to_bytes();
        let read = StoreError::from_bytes(&bytes)
            .map(|read| std::error::Error::source(&read).map(ToString::to_string));
        assert_eq!(read, Some(Some("no answer".to_owned())));
    }

    #[test]
    fn what_is_cut_off_or_too_long_is_refused() {
        let bytes = Request::Close { instance: 1 }.to_bytes();
        for cut in 0..bytes.len() {
            assert!(bytes.get(..cut).and_then(Request::from_bytes).is_none());
        }
        assert!(Request::from_bytes(&[bytes, vec![0]].concat()).is_none());
    }
}
