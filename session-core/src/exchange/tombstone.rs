use std::time::Duration;

use crate::{
    Context, Timestamp,
    id::{Digest, EntropyError, StoreKey},
    observe::EndedBy,
    record::{Record, TokenDigests},
    store::{Revision, Write},
};

/// How long the store remembers what became of a session that ended or changed rights, so that a late request learns it.
const TOLD: Duration = Duration::from_secs(300);

/// The tombstone for an old key, ready to be sent, and to be sent again if an answer is lost.
#[derive(Debug, Clone)]
pub(super) struct Tombstone {
    revision: Revision,
    data: Vec<u8>,
    ttl: Duration,
}

impl Tombstone {
    /// The session moved within its family. `ttl` is how long the use of its old id is detected.
    pub(super) fn moved(
        to: Digest,
        grace_until: Timestamp,
        ttl: Duration,
        context: &Context,
    ) -> Result<Self, EntropyError> {
        Self::new(&Record::Moved { to, grace_until }, ttl, context)
    }

    /// A change of rights made the session `to` of it.
    pub(super) fn superseded(
        to: StoreKey,
        at: Timestamp,
        tokens: TokenDigests,
        context: &Context,
    ) -> Result<Self, EntropyError> {
        Self::new(&Record::Superseded { to, at, tokens }, TOLD, context)
    }

    pub(super) fn ended(by: EndedBy, at: Timestamp, context: &Context) -> Result<Self, EntropyError> {
        Self::new(&Record::Ended { by, at }, TOLD, context)
    }

    fn new(record: &Record, ttl: Duration, context: &Context) -> Result<Self, EntropyError> {
        Ok(Self { revision: fresh_revision(context)?, data: record.encode(), ttl })
    }

    pub(super) fn write(&self) -> Write<'_> {
        Write { next: self.revision, data: &self.data, ttl: self.ttl }
    }
}

pub(super) fn fresh_revision(context: &Context) -> Result<Revision, EntropyError> {
    let mut bytes = [0; 16];
    context.entropy().fill(&mut bytes)?;
    Ok(Revision::from_bytes(bytes))
}
