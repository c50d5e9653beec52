use std::any::Any;

use bytes::Bytes;

use super::{Arrived, Delta, Op, Visitor};
use crate::{
    SessionError, Timestamp, Visit,
    config::SessionConfig,
    cookie::SetCookie,
    fingerprint::Fingerprint,
    id::{CookieId, StoreKey},
    record::{Live, Record},
    store::Revision,
};

/// The state of a session: the stored record, the working copy, and the difference.
#[derive(Debug)]
pub(crate) struct State {
    /// The stored session that this one continues; `None` for a fresh one.
    pub(crate) base: Option<Base>,
    /// The working copy: the stored record with the delta applied.
    pub(crate) live: Live,
    pub(crate) delta: Delta,
    /// Counts the changes of the working copy. It lets `OpenSession::change` detect a concurrent change after running its
    /// closure unlocked.
    pub(crate) version: u64,
    /// The version whose save has failed, which the caller was told.
    pub(crate) refused: Option<u64>,
    /// Whether the working copy was saved since it was loaded. Its bytes are then not those of the stored record.
    pub(crate) was_saved: bool,
    /// The stored record, if it cannot be decoded again from the bytes in the working copy.
    pub(crate) saved: Option<Box<Live>>,
    /// The time of the last call of the driver.
    pub(crate) now: Timestamp,
    pub(crate) arrived: Arrived,
    pub(crate) fingerprint: Option<Fingerprint>,
    pub(crate) outside_http: bool,
    /// The request does not count as a use.
    pub(crate) passive: bool,
    /// The response may never be shown, as with `HEAD` or a prefetch.
    pub(crate) unseen: bool,
    /// The method of the request is safe.
    pub(crate) safe: bool,
    /// The head of the response has been sent, so the browser cannot get a new id.
    pub(crate) head_sent: bool,
    /// What the response must tell of the id after all saves so far, in a cookie or in the header.
    pub(crate) told: SetCookie,
    /// The request carries its id in a header, so the response sets no cookie.
    pub(crate) by_header: bool,
    /// What the browser keeps for the tokens of a session that is not stored.
    pub(crate) visitor: Visitor,
    /// A save is under way.
    pub(crate) saving: bool,
    /// A save that was abandoned midway. The next save continues it. Only the exchange can read it.
    pub(crate) unfinished: Option<Box<dyn Any + Send>>,
    /// The session was destroyed, and that was saved, or it was found to have ended.
    pub(crate) destroyed: bool,
}

/// The stored record on which the change of a session is based.
#[derive(Debug, Clone)]
pub(crate) struct Base {
    pub(crate) key: StoreKey,
    /// The id, unless the browser sent an older one that is still in its grace.
    pub(crate) id: Option<CookieId>,
    pub(crate) revision: Revision,
    /// When the record expires if nothing is written.
    pub(crate) expires: Timestamp,
}

impl State {
    /// The state of a session that the visit has not changed yet. Inline, because it is large, and would be copied otherwise.
    #[inline]
    pub(crate) fn new(
        live: Live,
        base: Option<Base>,
        fingerprint: Option<Fingerprint>,
        (visit, config): (&Visit<'_>, &SessionConfig),
        (arrived, now): (Arrived, Timestamp),
    ) -> Self {
        // What the browser keeps for the tokens of visitors. An owner's session accepts none of them.
        let visitor = match &live.owner {
            _ if !arrived.has_form_cookie => Visitor::default(),
            None => Visitor::of(visit, config),
            Some(_) => Visitor::of_owner(visit, config),
        };
        Self {
            base,
            live,
            delta: Delta::default(),
            version: 0,
            refused: None,
            was_saved: false,
            saved: None,
            now,
            arrived,
            fingerprint,
            outside_http: visit.is_outside_http(),
            passive: visit.is_passive(),
            unseen: visit.is_unseen(),
            safe: visit.is_safe(),
            head_sent: false,
            told: SetCookie::Keep,
            by_header: visit.by_header().is_some(),
            visitor,
            saving: false,
            unfinished: None,
            destroyed: false,
        }
    }

    /// The cookie that the response must send after all saves so far.
    pub(crate) fn cookie(&self) -> SetCookie {
        if self.by_header { SetCookie::Keep } else { self.told.clone() }
    }

    pub(crate) fn is_ended(&self) -> bool {
        self.destroyed || self.delta.destroys()
    }

    /// The stored record as it was loaded, unless the session was saved since.
    pub(crate) fn loaded_bytes(&self) -> Option<Bytes> {
        (self.base.is_some() && !self.was_saved).then(|| self.live.entries.stored_bytes())
    }

    /// The working copy without the changes of this request.
    pub(crate) fn original(&self, config: &SessionConfig) -> Live {
        if let Some(saved) = &self.saved {
            return (**saved).clone();
        }
        match self.loaded_bytes().map(Record::decode_owned) {
            Some(Ok(Record::Live(live))) => live,
            _ if self.base.is_some() => self.live.clone(),
            _ => Live::new(config, self.live.created),
        }
    }

    /// Notes that the working copy is what is stored now.
    pub(crate) fn mark_saved(&mut self) {
        (self.delta, self.saved, self.was_saved) = (Delta::default(), None, true);
        self.version += 1;
    }

    /// Must be called before the working copy is changed.
    pub(crate) fn before_change(&mut self) {
        if self.was_saved && self.saved.is_none() && self.delta.is_empty() {
            self.saved = Some(Box::new(self.live.clone()));
        }
    }

    /// Records an operation that was already applied to the working copy.
    pub(crate) fn push(&mut self, op: Op) {
        match self.saving || self.unfinished.is_some() {
            true => self.delta.push(op),
            false => self.delta.push_instead(op),
        }
        self.version += 1;
    }

    /// Applies an operation to the working copy and records it for the save, or returns an error and changes nothing.
    pub(crate) fn apply(&mut self, op: Op, config: &SessionConfig) -> Result<(), SessionError> {
        if self.is_ended() {
            return Err(SessionError::Destroyed);
        }
        self.before_change();
        op.apply(&mut self.live, config)?;
        self.push(op);
        Ok(())
    }
}
