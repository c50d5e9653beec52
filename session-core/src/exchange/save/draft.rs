use std::time::Duration;

use super::change::Change;
use crate::{
    Context,
    exchange::{SessionError, tombstone::fresh_revision},
    id::Digest,
    record::Live,
    session::ValueError,
    store::{Revision, Write},
};

/// A version of the record: the one that this save writes, or the one that another request wrote.
#[derive(Debug)]
pub(super) struct Version {
    pub(super) live: Live,
    pub(super) revision: Revision,
    pub(super) ttl: Duration,
}

/// An encoded version, ready to be sent, and to be sent again if an answer is lost.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) version: Version,
    data: Vec<u8>,
}

impl Draft {
    /// Encodes the record under a new revision. Notes the use and the fingerprint in it.
    pub(super) fn encode(live: Live, change: &Change, context: &Context) -> Result<Self, SessionError> {
        Self::under(fresh_revision(context)?, live, change, context)
    }

    fn under(
        revision: Revision,
        mut live: Live,
        change: &Change,
        context: &Context,
    ) -> Result<Self, SessionError> {
        let (config, limits) = (context.config(), context.config().limits);
        if !change.passive {
            live.seen = change.now;
        }
        if let Some(fingerprint) = live.noted(change.fingerprint.as_ref(), revision, config) {
            live.entries.insert(config.fingerprint_key.as_str().into(), fingerprint);
        }
        if live.entries.len() > limits.max_keys && live.keys_of_application(config) > limits.max_keys {
            return Err(ValueError::TooManyKeys { limit: limits.max_keys }.into());
        }
        let data = live.encode();
        if data.len() > limits.max_bytes {
            return Err(ValueError::TooLarge { size: data.len(), limit: limits.max_bytes }.into());
        }
        let ttl = live.ttl(config, change.now).min(change.at_most);
        if ttl.is_zero() {
            return Err(SessionError::Gone);
        }
        Ok(Self { version: Version { live, revision, ttl }, data })
    }

    /// Encodes the record of a session that gets a new id.
    pub(super) fn renew(mut live: Live, change: &Change, context: &Context) -> Result<Self, SessionError> {
        live.renewed = change.now;
        Self::encode(live, change, context)
    }

    /// Encodes the first record of a session. Its revision is a part of the digest, which is as random and as new.
    pub(super) fn first(
        mut live: Live,
        digest: &Digest,
        change: &Change,
        context: &Context,
    ) -> Result<Self, SessionError> {
        live.renewed = change.now;
        let revision = digest.as_bytes().last_chunk().copied().unwrap_or_default();
        Self::under(Revision::from_bytes(revision), live, change, context)
    }

    pub(super) fn write(&self) -> Write<'_> {
        Write { next: self.version.revision, data: &self.data, ttl: self.version.ttl }
    }
}
