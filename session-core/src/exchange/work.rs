use std::time::Duration;

use super::{Call, SessionError};
use crate::{
    Context, Timestamp,
    fingerprint::Fingerprint,
    id::{CookieId, EntropyError, SessionHandle, StoreKey},
    record::{Live, Record, ValueError},
    session::{Delta, Origin},
    store::{Cap, Revision, Write},
};

/// One save under way: what is to be reached, and the next step towards it.
#[derive(Debug)]
pub(crate) struct Work {
    pub(super) stage: Stage,
    /// The record moved while this was under way; its new key is asked for before the stage goes on.
    pub(super) following: bool,
    pub(super) now: Timestamp,
    /// What the request changed, to be replayed after a conflict.
    pub(super) delta: Delta,
    /// The stored session that is continued, as far as it is known.
    pub(super) from: Option<Origin>,
    /// The id the session gets, if it gets one.
    pub(super) to: Option<CookieId>,
    pub(super) cap: Option<Cap>,
    pub(super) live: Live,
    pub(super) fingerprint: Option<Fingerprint>,
    /// The record to be written, ready to be sent again.
    pub(super) next: Revision,
    pub(super) data: Vec<u8>,
    pub(super) ttl: Duration,
    /// The revision last written under the new id.
    pub(super) written: Revision,
    /// What is left under the old key, where something is.
    pub(super) tombstone: Tombstone,
    /// The rotation has no other reason than the age of the id.
    pub(super) by_age: bool,
    /// The browser's copy of the cookie is due for renewal.
    pub(super) renew_cookie: bool,
    pub(super) conflicts_left: u32,
    pub(super) repeats_left: u32,
    /// An earlier try of the call that is out may have been applied.
    pub(super) unknown: bool,
    pub(super) merged: u32,
    /// The session to be ended had ended before.
    pub(super) already_gone: bool,
    pub(super) evicted: Vec<SessionHandle>,
    /// What the caller is told once what was done is undone, or the session is ended.
    pub(super) failure: Option<SessionError>,
}

/// What the call that is out is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Commit,
    Touch,
    /// Writes down that the session was used.
    Mark,
    /// Moves the session to another id of its family.
    Rotate,
    /// Stores the session under a new key: a new session, or the first step of a change of families.
    Create,
    /// Second step of a change of families: the old record becomes a tombstone if nobody wrote it meanwhile.
    Bury,
    /// Somebody wrote the old record meanwhile: the new one is brought up to it before it is buried.
    Refresh,
    /// The old session ended meanwhile: so must the new one.
    Undo,
    End,
    /// Sweeps one batch, as one in `gc` session starts does.
    Collect,
}

/// A record that is left under an old key.
#[derive(Debug, Default)]
pub(super) struct Tombstone {
    pub(super) revision: Revision,
    pub(super) data: Vec<u8>,
    pub(super) ttl: Duration,
}

/// How many records one in `gc` session starts sweeps.
const SWEEP_BATCH: u32 = 256;

impl Work {
    pub(super) fn call(&self) -> Call<'_> {
        let to = self.to.as_ref().map_or_else(|| self.source().0, |id| *id.key());
        let (from, expected) = self.source();
        let write = Write { next: self.next, data: &self.data, ttl: self.ttl };
        let tombstone =
            Write { next: self.tombstone.revision, data: &self.tombstone.data, ttl: self.tombstone.ttl };
        if self.following {
            return Call::Load { key: from };
        }
        match self.stage {
            Stage::Commit | Stage::Mark => Call::Commit { key: from, expected, write },
            Stage::Touch => Call::Touch { key: from, expected, ttl: self.ttl },
            Stage::Rotate => Call::Rotate { from, expected, to, write, tombstone: Some(tombstone) },
            Stage::Create => Call::Create { key: to, write, cap: self.cap },
            Stage::Bury => Call::Delete { key: from, expected: Some(expected), tombstone: Some(tombstone) },
            Stage::Refresh => Call::Commit { key: to, expected: self.written, write },
            Stage::Undo => Call::Delete { key: to, expected: None, tombstone: None },
            Stage::End => Call::Delete { key: from, expected: Some(expected), tombstone: None },
            Stage::Collect => Call::Sweep { limit: SWEEP_BATCH },
        }
    }

    /// The key and revision the save starts from; meaningless for a session that no store knows.
    fn source(&self) -> (StoreKey, Revision) {
        match (&self.from, &self.to) {
            (Some(origin), _) => (origin.key, origin.revision),
            (None, Some(id)) => (*id.key(), self.next),
            (None, None) => (StoreKey::default(), self.next),
        }
    }

    /// Makes the bytes to be written, under a revision of their own.
    pub(super) fn prepare(&mut self, context: &Context) -> Result<(), SessionError> {
        let (config, limits) = (context.config(), context.config().limits);
        self.live.seen = self.now;
        if self.to.is_some() {
            self.live.renewed = self.now;
        }
        if let Some(fingerprint) = self.fingerprint
            && self.live.fingerprint(config) != Some(fingerprint)
        {
            let value = fingerprint.as_bytes().as_slice().into();
            self.live.entries.insert(config.fingerprint_key.as_str().into(), value);
        }
        // All of them are counted first, which is less work.
        if self.live.entries.len() > limits.max_keys {
            let keys = self.live.entries.iter().filter_map(|(key, _)| str::from_utf8(key).ok());
            if keys.filter(|key| !config.is_reserved(key)).count() > limits.max_keys {
                return Err(ValueError::TooManyKeys { limit: limits.max_keys }.into());
            }
        }
        self.data = self.live.encode();
        if self.data.len() > limits.max_bytes {
            return Err(ValueError::TooLarge { size: self.data.len(), limit: limits.max_bytes }.into());
        }
        self.ttl = self.live.ttl(config, self.now);
        if self.ttl.is_zero() {
            return Err(SessionError::Gone);
        }
        self.next = fresh_revision(context)?;
        Ok(())
    }

    /// Takes the record that somebody else left under the old key as the new base, and makes the change on it.
    pub(super) fn rebase(
        &mut self,
        fresh: &Live,
        revision: Revision,
        context: &Context,
    ) -> Result<(), Refused> {
        if let Some(from) = &mut self.from {
            from.revision = revision;
        }
        if self.stage == Stage::End {
            self.check_claims(fresh, context);
        } else {
            let replayed = self.delta.replayed_on(fresh, context.config());
            self.live = replayed.map_err(|(index, error)| Refused { index, error })?;
            self.live.lineage = fresh.lineage.extended(revision);
        }
        self.merged += 1;
        self.unknown = false;
        Ok(())
    }

    /// A session is ended whatever the request did to it before, but a token that another request used up must not seem
    /// to be this one's.
    pub(super) fn check_claims(&mut self, found: &Live, context: &Context) {
        if let Err((_, ValueError::TokenSpent)) = self.delta.replayed_on(found, context.config()) {
            self.failure = Some(ValueError::TokenSpent.into());
        }
    }
}

/// An operation that cannot be made on the record another request left.
pub(super) struct Refused {
    pub(super) index: usize,
    pub(super) error: ValueError,
}

impl Tombstone {
    pub(super) fn new(record: &Record, ttl: Duration, context: &Context) -> Result<Self, EntropyError> {
        Ok(Self { revision: fresh_revision(context)?, data: record.encode(), ttl })
    }
}

pub(super) fn fresh_revision(context: &Context) -> Result<Revision, EntropyError> {
    let mut bytes = [0; 16];
    context.entropy().fill(&mut bytes)?;
    Ok(Revision::from_bytes(bytes))
}
