use std::time::Duration;

use super::change::Change;
use crate::{
    Context, Timestamp,
    exchange::{SessionError, tombstone::fresh_revision},
    id::Digest,
    record::{Live, Notes, Record},
    session::{State, ValueError},
    store::{Revision, Write},
};

/// A version of the record that another request wrote.
#[derive(Debug)]
pub(super) struct Version {
    pub(super) live: Live,
    pub(super) revision: Revision,
    pub(super) ttl: Duration,
}

/// The session that a draft is made of.
#[derive(Debug)]
pub(super) struct Subject<'a> {
    pub(super) live: &'a mut Live,
    /// The revision before, if it is not in the lineage yet.
    before: Option<Revision>,
    /// The version of the working copy, if it is that.
    version: Option<u64>,
}

impl<'a> Subject<'a> {
    /// The working copy, as what follows this revision.
    pub(super) const fn working_copy(state: &'a mut State, before: Option<Revision>) -> Self {
        Self { version: Some(state.version), live: &mut state.live, before }
    }
}

impl<'a> From<&'a mut Live> for Subject<'a> {
    fn from(live: &'a mut Live) -> Self {
        Self { live, before: None, version: None }
    }
}

/// An encoded record, ready to be sent, and to be sent again if an answer is lost.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) revision: Revision,
    pub(super) ttl: Duration,
    data: Vec<u8>,
    notes: Notes,
    /// The version of the working copy that it was made of.
    version: Option<u64>,
}

impl Draft {
    /// Encodes the record under a new revision. Notes the use and the fingerprint in it.
    pub(super) fn encode(
        subject: Subject<'_>,
        change: &Change,
        context: &Context,
    ) -> Result<Self, SessionError> {
        let renewed = subject.live.renewed;
        Self::under(fresh_revision(context)?, subject, renewed, change, context)
    }

    /// Encodes the record of a session that gets a new id.
    pub(super) fn renew(
        subject: Subject<'_>,
        change: &Change,
        context: &Context,
    ) -> Result<Self, SessionError> {
        Self::under(fresh_revision(context)?, subject, change.now, change, context)
    }

    /// Encodes the first record of a session. Its revision is a part of the digest, which is as random and as new.
    pub(super) fn first(
        subject: Subject<'_>,
        digest: &Digest,
        change: &Change,
        context: &Context,
    ) -> Result<Self, SessionError> {
        let revision = digest.as_bytes().last_chunk().copied().unwrap_or_default();
        Self::under(Revision::from_bytes(revision), subject, change.now, change, context)
    }

    fn under(
        revision: Revision,
        Subject { live, before, version }: Subject<'_>,
        renewed: Timestamp,
        change: &Change,
        context: &Context,
    ) -> Result<Self, SessionError> {
        let (config, limits) = (context.config(), context.config().limits);
        let notes = Notes { seen: if change.passive { live.seen } else { change.now }, renewed, before };
        // It stays there if the save fails, for the next one.
        if let Some(fingerprint) = live.noted(change.fingerprint.as_ref(), revision, config) {
            live.entries.insert(config.fingerprint_key.as_str().into(), fingerprint);
        }
        if live.entries.len() > limits.max_keys && live.keys_of_application(config) > limits.max_keys {
            return Err(ValueError::TooManyKeys { limit: limits.max_keys }.into());
        }
        let data = live.encode_with(&notes);
        if data.len() > limits.max_bytes {
            let largest = live.entries.largest().map_or(&[][..], |(key, _)| key);
            let largest = String::from_utf8_lossy(largest).into_owned();
            return Err(ValueError::TooLarge { size: data.len(), limit: limits.max_bytes, largest }.into());
        }
        let ttl = live.ttl(config, change.now).min(change.at_most);
        if ttl.is_zero() {
            return Err(SessionError::Gone);
        }
        Ok(Self { revision, ttl, data, notes, version })
    }

    /// The record as it was sent.
    pub(super) fn live(&self) -> Result<Live, SessionError> {
        match Record::decode(&self.data.clone().into())? {
            Record::Live(live) => Ok(live),
            _ => Err(SessionError::Mismatched),
        }
    }

    /// Whether the working copy is still what the draft was made of.
    pub(super) fn is_of(&self, state: &State) -> bool {
        self.version == Some(state.version)
    }

    /// Brings the working copy that it was made of up to what was sent.
    pub(super) fn note_in(&self, live: &mut Live) {
        self.notes.note_in(live);
    }

    pub(super) fn write(&self) -> Write<'_> {
        Write { next: self.revision, data: &self.data, ttl: self.ttl }
    }
}

impl From<Version> for Draft {
    /// What another request wrote stands for what was sent.
    fn from(Version { live, revision, ttl }: Version) -> Self {
        Self { revision, ttl, data: live.encode(), notes: Notes::of(&live), version: None }
    }
}
