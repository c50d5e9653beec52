use std::time::Duration;

use super::{Entries, Lineage};
use crate::{
    Timestamp,
    config::{Codec, SessionConfig},
};

/// The record of a session that lives.
#[derive(Debug, Clone)]
pub struct Live {
    pub(crate) codec: Codec,
    pub(crate) lineage: Lineage,
    pub(crate) created: Timestamp,
    pub(crate) renewed: Timestamp,
    pub(crate) deadline: Timestamp,
    pub(crate) idle: Option<Duration>,
    pub(crate) authenticated: Option<Timestamp>,
    pub(crate) owner: Option<String>,
    pub(crate) label: Option<String>,
    pub(crate) entries: Entries,
}

impl Live {
    pub(crate) fn new(config: &SessionConfig, now: Timestamp) -> Self {
        Self {
            codec: config.codec(),
            lineage: Lineage::default(),
            created: now,
            renewed: now,
            deadline: now.after(config.absolute()),
            idle: None,
            authenticated: None,
            owner: None,
            label: None,
            entries: Entries::default(),
        }
    }

    /// When the session was created.
    #[must_use]
    pub const fn created(&self) -> Timestamp {
        self.created
    }

    /// When the session got the id it has.
    #[must_use]
    pub const fn renewed(&self) -> Timestamp {
        self.renewed
    }

    /// When the session ends however much it is used.
    #[must_use]
    pub const fn absolute_deadline(&self) -> Timestamp {
        self.deadline
    }

    /// Whom the session belongs to, if somebody signed in.
    #[must_use]
    pub fn owner(&self) -> Option<&str> {
        self.owner.as_deref()
    }

    /// The name of the device, as the application gave it.
    #[must_use]
    pub fn label(&self) -> Option<&str> {
        self.label.as_deref()
    }

    /// The time to live of a record written now: the idle time, but never past the absolute deadline.
    pub(crate) fn ttl(&self, config: &SessionConfig, now: Timestamp) -> Duration {
        self.idle.unwrap_or(config.idle()).min(self.deadline.since(now))
    }

    /// Whether there is nothing in it that would be missed.
    pub(crate) fn is_blank(&self, config: &SessionConfig) -> bool {
        self.owner.is_none() && self.entries.iter().all(|(key, _)| key == config.fingerprint_key().as_bytes())
    }
}
