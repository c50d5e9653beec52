use super::{Delta, Op};
use crate::{
    Timestamp, Visit,
    config::SessionConfig,
    cookie::SetCookie,
    fingerprint::Fingerprint,
    id::{CookieId, StoreKey},
    record::{Live, ValueError},
    store::Revision,
};

/// The inside of a session: what the store has, what the request made of it, and the difference.
#[derive(Debug)]
pub(crate) struct State {
    /// The stored session this one continues; none for a fresh one.
    pub(crate) origin: Option<Origin>,
    /// The working copy: the stored record with the delta applied.
    pub(crate) live: Live,
    pub(crate) delta: Delta,
    /// Counts every change of the working copy, so that whoever looked away can tell whether it is still the same.
    pub(crate) version: u64,
    pub(crate) opened: Timestamp,
    pub(crate) fingerprint: Option<Fingerprint>,
    pub(crate) outside_http: bool,
    /// The head of the response is out, so the browser can get no new id.
    pub(crate) answered: bool,
    /// What the response must tell the browser about all saves so far.
    pub(crate) cookie: SetCookie,
    /// A save is under way.
    pub(crate) saving: bool,
    /// A save that was abandoned midway and is taken up again by the next.
    pub(crate) unsettled: Option<Box<crate::exchange::Work>>,
    /// Set once the session was destroyed and that was saved.
    pub(crate) destroyed: bool,
}

/// Where a session came from.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    pub(crate) key: StoreKey,
    /// The id, unless the browser sent an older one that is still in its grace.
    pub(crate) id: Option<CookieId>,
    pub(crate) revision: Revision,
    /// When the record expires if nothing is written.
    pub(crate) expires: Timestamp,
}

impl State {
    /// The session of a visit that has changed nothing yet.
    pub(crate) fn new(
        live: Live,
        origin: Option<Origin>,
        fingerprint: Option<Fingerprint>,
        visit: &Visit<'_>,
        opened: Timestamp,
    ) -> Self {
        Self {
            origin,
            live,
            delta: Delta::default(),
            version: 0,
            opened,
            fingerprint,
            outside_http: visit.is_outside_http(),
            answered: false,
            cookie: SetCookie::Keep,
            saving: false,
            unsettled: None,
            destroyed: false,
        }
    }

    pub(crate) fn is_ended(&self) -> bool {
        self.destroyed || self.delta.destroys()
    }

    /// Keeps an operation that the working copy already shows.
    pub(crate) fn push(&mut self, op: Op) {
        self.delta.push(op);
        self.version += 1;
    }

    /// Makes what is left of the delta, after its first operations were saved, on the record that was saved, and leaves
    /// some record in its place. An operation that cannot be made there is dropped; answers why.
    pub(crate) fn continue_on(
        &mut self,
        saved: &mut Live,
        count: usize,
        config: &SessionConfig,
    ) -> Option<ValueError> {
        let mut refused = None;
        self.delta = self.delta.without_first(count);
        loop {
            if self.delta.is_empty() {
                std::mem::swap(&mut self.live, saved);
                break;
            }
            match self.delta.replayed_on(saved, config) {
                Ok(live) => {
                    self.live = live;
                    break;
                }
                Err((index, error)) => {
                    self.delta = self.delta.without(index);
                    refused.get_or_insert(error);
                }
            }
        }
        self.version += 1;
        refused
    }

    /// Applies an operation to the working copy and keeps it for the store, or changes nothing.
    pub(crate) fn apply(&mut self, op: Op, config: &SessionConfig) -> Result<(), ValueError> {
        if self.is_ended() {
            return Err(ValueError::Destroyed);
        }
        op.apply(&mut self.live, config)?;
        self.push(op);
        Ok(())
    }
}
