use std::{fmt, time::Duration};

use super::{Entries, Lineage, Notes, Piece, envelope};
use crate::{
    Timestamp,
    config::{Codec, SessionConfig},
    fingerprint::{self, Fingerprint},
    length::Length,
    store::Revision,
};

/// How much the time by which the idle deadline passes the absolute one is shortened in the store.
const SHORTENED: u32 = 4096;
/// How precisely a list of devices shows the last use of a session with a long idle lifetime.
const RARELY: Duration = Duration::from_secs(3600);

/// The record of a live session.
#[derive(Clone)]
pub struct Live {
    pub(crate) codec: Codec,
    pub(crate) lineage: Lineage,
    /// When the session was created.
    pub created: Timestamp,
    /// When the session got its current id.
    pub renewed: Timestamp,
    /// When the session ends, however much it is used.
    pub deadline: Timestamp,
    /// When the record was last written. The session may have been touched since.
    pub(crate) seen: Timestamp,
    /// The idle lifetime of this session, if it is not the configured one.
    pub(crate) idle: Option<Duration>,
    /// The absolute lifetime of this session, if it is not the configured one. The cookie then survives the browser.
    pub(crate) remembered: Option<Duration>,
    pub(crate) authenticated: Option<Timestamp>,
    pub(crate) level: u8,
    /// The name of the signed-in owner.
    pub owner: Option<String>,
    /// The name that the application gave to the device.
    pub label: Option<Box<str>>,
    pub(crate) entries: Entries,
}

impl Live {
    pub(crate) fn new(config: &SessionConfig, now: Timestamp) -> Self {
        Self {
            codec: config.codec,
            lineage: Lineage::default(),
            created: now,
            renewed: now,
            deadline: now.after(config.absolute),
            seen: now,
            idle: None,
            remembered: None,
            authenticated: None,
            level: 0,
            owner: None,
            label: None,
            entries: Entries::default(),
        }
    }

    /// The bytes of the record.
    pub(crate) fn encode(&self) -> Vec<u8> {
        self.encode_with(&Notes::of(self))
    }

    /// The bytes of the record as it is with these notes.
    pub(crate) fn encode_with(&self, notes: &Notes) -> Vec<u8> {
        envelope::encode_live(self, notes)
    }

    /// How long the session lives without a request.
    pub(crate) fn idle(&self, config: &SessionConfig) -> Duration {
        self.own_idle(config).unwrap_or(config.idle)
    }

    /// The idle lifetime, if it is not the one of all sessions with an owner.
    fn own_idle(&self, config: &SessionConfig) -> Option<Duration> {
        self.idle.or_else(|| config.anonymous_idle.filter(|_| self.owner.is_none()))
    }

    /// Whether the cookie survives the browser.
    pub(crate) fn is_persistent(&self, config: &SessionConfig) -> bool {
        self.remembered.is_some() || config.cookie.persistent
    }

    /// The time to live of a record that is used now, for the store: the idle time. Where that passes the absolute deadline,
    /// only a 4,096th of the rest counts: enough for the end of the record to tell when it was last used.
    pub(crate) fn ttl(&self, config: &SessionConfig, now: Timestamp) -> Duration {
        let (idle, left) = (self.idle(config), self.deadline.since(now));
        match idle.checked_sub(left) {
            Some(_) if left.is_zero() => Duration::ZERO,
            Some(past) => left + past / SHORTENED,
            None => idle,
        }
    }

    /// When the record was last used, if it expires then: the inverse of [`ttl`](Self::ttl).
    pub(crate) fn last_used(&self, config: &SessionConfig, expires: Timestamp) -> Timestamp {
        let past = expires.since(self.deadline);
        if past.is_zero() {
            return expires.before(self.idle(config));
        }
        let idle_ends = expires.before(past).after(past.saturating_mul(SHORTENED));
        idle_ends.before(self.idle(config))
    }

    /// When a request last used the session, to be shown.
    pub(crate) fn last_seen(&self, config: &SessionConfig, expires: Timestamp) -> Timestamp {
        self.last_used(config, expires).max(self.seen)
    }

    /// How long the cookie of the session lives in the browser: to the absolute deadline. The store alone decides whether
    /// the session is idle, so the cookie need not be renewed.
    pub(crate) fn max_age(&self, config: &SessionConfig, now: Timestamp) -> Option<Duration> {
        self.is_persistent(config).then(|| self.deadline.since(now))
    }

    /// Notes a sign-in and starts both lifetimes again.
    pub(crate) fn authenticate(&mut self, at: Timestamp, level: u8, config: &SessionConfig) {
        self.authenticated = Some(at);
        self.level = level;
        self.deadline = at.after(self.remembered.unwrap_or(config.absolute));
    }

    /// Sets both lifetimes, counted from the sign-in, and makes the cookie persistent. `None` restores the configured
    /// lifetimes from now on.
    pub(crate) fn remember(&mut self, lifetime: Option<Duration>, at: Timestamp, config: &SessionConfig) {
        self.deadline = match lifetime {
            Some(lifetime) => self.authenticated.unwrap_or(self.created).after(lifetime),
            None => self.deadline.min(at.after(config.absolute)),
        };
        (self.idle, self.remembered) = (lifetime, lifetime);
    }

    /// Restores the configured lifetimes.
    pub(crate) fn forget(&mut self) {
        (self.idle, self.remembered) = (None, None);
    }

    /// How long after a use the next use is noted: for a session with an idle lifetime of its own a tenth of that, but often
    /// enough for a list of devices.
    pub(crate) fn touch_after(&self, config: &SessionConfig) -> Duration {
        let most = config.touch_after();
        self.own_idle(config).map_or(most, |idle| (idle / 10).min(most.max(RARELY)))
    }

    /// The fingerprint that a write with this revision stores; `None` if the stored one stays.
    pub(crate) fn noted(
        &self,
        current: Option<&Fingerprint>,
        revision: Revision,
        config: &SessionConfig,
    ) -> Option<Piece> {
        let stored = self.entries.get(config.fingerprint_key.as_bytes());
        // The revision is random, and this part of it is as good as any other salt.
        let salt = revision.as_bytes().first_chunk().copied().unwrap_or_default();
        fingerprint::note(stored, current, config, salt)
    }

    /// How many keys there are without those of the library.
    pub(crate) fn keys_of_application(&self, config: &SessionConfig) -> usize {
        let reserved = [&config.fingerprint_key, &config.token_key, &config.flash_key];
        let there = reserved.iter().filter(|key| self.entries.get(key.as_bytes()).is_some());
        self.entries.len() - there.count()
    }

    /// Whether the session holds nothing but its fingerprint.
    pub(crate) fn is_blank(&self, config: &SessionConfig) -> bool {
        self.owner.is_none() && self.entries.iter().all(|(key, _)| key == config.fingerprint_key.as_bytes())
    }
}

impl fmt::Debug for Live {
    /// Shows neither names nor values.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = |name: Option<&str>| name.map(|name| Length(name.len()));
        f.debug_struct("Live")
            .field("created", &self.created)
            .field("renewed", &self.renewed)
            .field("deadline", &self.deadline)
            .field("owner", &length(self.owner.as_deref()))
            .field("label", &length(self.label.as_deref()))
            .field("entries", &self.entries)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_moved_by_the_short_way() {
        // Copies of more bytes take glibc twice as long.
        assert!(size_of::<Live>() <= 256);
    }
}
