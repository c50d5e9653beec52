mod reuse;

use std::{fmt, mem, sync::Arc, time::Duration, vec};

use reuse::Reused;

use super::{
    Answer, Call, Ending, Exchange, Revoking, SessionError, Step,
    fresh::{fresh, unstored},
};
use crate::{
    Context, Timestamp, Visit,
    config::{OnMismatch, OnUnreadable},
    cookie,
    fingerprint::{self, Fingerprint, FingerprintOk},
    id::{CookieId, Digest, StoreKey},
    observe::{EndedBy, Rejection, log},
    record::{Live, Record, RecordError},
    session::{Arrival, Arrived, Base, OpenSession, Standing},
    store::{StoreError, Stored},
};

/// Opens the session of a request: the one whose id is among the cookies, or a fresh one. An id that the store does not know
/// is never adopted.
///
/// A request without a cookie that could be an id needs no call.
#[must_use]
pub fn begin<'v>(
    context: &Arc<Context>,
    visit: &'v Visit<'v>,
    now: Timestamp,
) -> Step<Opening<'v>, OpenSession> {
    let (mut first, mut more) = (None, Vec::new());
    let has_form_cookie = cookie::find(visit, context.config(), |id| match first {
        None => first = Some(id),
        Some(_) => more.push(id),
    });
    // Nearly every request has one id at most, for which nothing is allocated.
    let Some(id) = first else { return Step::Done(fresh(context, visit, now)) };
    let search = Search {
        context: Arc::clone(context),
        visit,
        now,
        others: more.iter().map(|id| *id.key()).collect(),
        more: more.into_iter(),
        has_form_cookie,
        arrived: None,
        unreadable: None,
    };
    Step::Ask(Opening { search, stage: Stage::Load { id } })
}

/// The search for the session of a request.
pub struct Opening<'v> {
    search: Search<'v>,
    stage: Stage,
}

struct Search<'v> {
    context: Arc<Context>,
    visit: &'v Visit<'v>,
    now: Timestamp,
    /// The other ids among the cookies.
    more: vec::IntoIter<CookieId>,
    others: Vec<StoreKey>,
    has_form_cookie: bool,
    /// What the first id that opened nothing tells, unless a later one tells more. In a box, because it is rare, and the whole
    /// search is moved with every answer.
    arrived: Option<Box<Arrived>>,
    /// Why the record of an id cannot be read.
    unreadable: Option<RecordError>,
}

/// Each request moves its stage a few times, so rare contents are in a box.
enum Stage {
    /// Loads the record of an id.
    Load { id: CookieId },
    /// Loads the record that a tombstone names.
    Follow { key: StoreKey, hops: u8 },
    /// Loads the session that a reused id became.
    Behind { reused: Reused, at: Digest, hops: u8 },
    /// Ends a session because of its fingerprint, or the session that the reused id became.
    End { ending: Box<Ending>, reused: Option<StoreKey> },
    /// Ends all sessions of the owner of the reused id.
    Revoke { revoking: Box<Revoking>, reused: StoreKey },
    /// Deletes the tombstone of the reused id, so that it ends sessions only once.
    Forget { reused: StoreKey },
}

/// The next stage, or the session.
type Found = Step<Stage, OpenSession>;

/// The most tombstones that are followed. A longer chain needs as many rotations within one grace.
const MAX_HOPS: u8 = 8;

/// How long after the end of an id a request with it may have been on its way. Within that time it must not replace the
/// cookie that the browser got meanwhile.
const LATE: Duration = Duration::from_secs(60);

impl Search<'_> {
    /// Continues with the next id.
    fn skip(&mut self, arrived: Arrived) -> Result<Found, SessionError> {
        // An id that the store does not know tells least.
        let tells_more = self.arrived.as_ref().is_none_or(|before| before.arrival == Arrival::Expired);
        if tells_more {
            self.arrived = Some(Box::new(arrived));
        }
        if let Some(id) = self.more.next() {
            return Ok(Step::Ask(Stage::Load { id }));
        }
        let mut arrived = self.arrived.take().map_or(Arrived::new(Arrival::Expired), |arrived| *arrived);
        if let Some(error) = self.unreadable.take() {
            match self.context.config().on_unreadable {
                OnUnreadable::Error => return Err(error.into()),
                OnUnreadable::StartAnew => arrived = Arrived::new(Arrival::Unreadable),
            }
        }
        (arrived.others, arrived.has_form_cookie) = (mem::take(&mut self.others), self.has_form_cookie);
        Ok(Step::Done(unstored(&self.context, self.visit, self.now, arrived)))
    }

    fn reject(
        &mut self,
        key: &StoreKey,
        reason: Rejection,
        owner: Option<&str>,
    ) -> Result<Found, SessionError> {
        log::rejected(&self.context, key, reason, owner);
        self.skip(Arrived::new(match reason {
            Rejection::Unknown | Rejection::Deadline => Arrival::Expired,
            reason => Arrival::Rejected(reason),
        }))
    }

    /// A change of rights or an end replaced the record at `at`.
    fn ended(&mut self, key: &StoreKey, mut arrived: Arrived, at: Timestamp) -> Result<Found, SessionError> {
        let reason = match arrived.arrival {
            Arrival::Superseded => Rejection::Superseded,
            _ => Rejection::Ended,
        };
        log::rejected(&self.context, key, reason, None);
        let is_by_itself = matches!(
            arrived.arrival,
            Arrival::Superseded | Arrival::Ended(EndedBy::Itself | EndedBy::SignOut)
        );
        arrived.standing = match is_by_itself && self.now < at.after(LATE) {
            true => Standing::Late,
            false => Standing::Free,
        };
        self.skip(arrived)
    }

    fn loaded(
        &mut self,
        key: StoreKey,
        id: Option<CookieId>,
        hops: u8,
        stored: Option<Stored>,
    ) -> Result<Found, SessionError> {
        let Some(Stored { revision, remaining, data }) = stored else {
            return self.reject(&key, Rejection::Unknown, None);
        };
        match Record::decode_owned(data) {
            Err(error) => {
                log::unreadable(&key, &error);
                self.unreadable = Some(error);
                self.others.push(key);
                self.skip(Arrived::new(Arrival::Unreadable))
            }
            Ok(Record::Live(live)) if live.deadline <= self.now => {
                self.reject(&key, Rejection::Deadline, live.owner.as_deref())
            }
            // An owner must be found by the name: a session under a secret that is gone would be in no list.
            Ok(Record::Live(live))
                if !self.context.config().is_family_of(live.owner.as_deref(), key.family) =>
            {
                self.reject(&key, Rejection::Family, live.owner.as_deref())
            }
            Ok(Record::Live(live)) => {
                let base = Base { key, id, revision, expires: self.now.after(remaining) };
                self.check(base, live)
            }
            Ok(Record::Moved { grace_until, to }) if hops == 0 && self.now >= grace_until => {
                let reused = Reused { key, to, grace_until };
                match key.is_owned() {
                    true => Ok(Step::Ask(Stage::Behind { reused, at: to, hops: 0 })),
                    false => self.reused(&reused, None),
                }
            }
            Ok(Record::Moved { to, .. }) if hops < MAX_HOPS => {
                let key = StoreKey { digest: to, ..key };
                Ok(Step::Ask(Stage::Follow { key, hops: hops + 1 }))
            }
            Ok(Record::Moved { .. }) => self.reject(&key, Rejection::Moved, None),
            Ok(Record::Superseded { to, at, tokens }) => {
                let arrived = Arrived::new(Arrival::Superseded);
                self.ended(&key, Arrived { successor: Some(to), tokens, ..arrived }, at)
            }
            Ok(Record::Ended { by, at }) => self.ended(&key, Arrived::new(Arrival::Ended(by)), at),
        }
    }

    fn check(&mut self, base: Base, live: Live) -> Result<Found, SessionError> {
        let (config, key) = (self.context.config(), base.key);
        let current = Fingerprint::of(self.visit, config);
        let known = live.entries.get(config.fingerprint_key.as_bytes());
        let proof = match fingerprint::check(known, current.as_ref(), config) {
            Ok(proof) => proof,
            Err(mismatch) => {
                log::rejected(&self.context, &key, Rejection::Fingerprint, live.owner.as_deref());
                match config.fingerprint.on_mismatch {
                    OnMismatch::Report => FingerprintOk::reported(mismatch),
                    OnMismatch::Reject => {
                        return self.skip(Arrived::new(Arrival::Rejected(Rejection::Fingerprint)));
                    }
                    OnMismatch::Destroy => {
                        let expected = Some(base.revision);
                        let ending =
                            Ending::new(&self.context, key, expected, EndedBy::Fingerprint, self.now)
                                .of(live.owner);
                        return Ok(Step::Ask(Stage::End { ending: Box::new(ending), reused: None }));
                    }
                }
            }
        };
        log::loaded(&key);
        let context = Arc::clone(&self.context);
        let mut others = mem::take(&mut self.others);
        others.retain(|other| *other != key);
        let has_form_cookie = self.has_form_cookie;
        let arrived = Arrived { others, has_form_cookie, ..Arrived::new(Arrival::Known) };
        let session =
            OpenSession::loaded(context, self.visit, self.now, live, base, arrived, (current, proof));
        Ok(Step::Done(session))
    }
}

impl Exchange for Opening<'_> {
    type Output = OpenSession;

    fn call(&self) -> Call<'_> {
        match &self.stage {
            Stage::Load { id } => Call::Load { key: *id.key() },
            Stage::Follow { key, .. } => Call::Load { key: *key },
            Stage::Behind { reused, at, .. } => Call::Load { key: StoreKey { digest: *at, ..reused.key } },
            Stage::End { ending, .. } => ending.call(),
            Stage::Revoke { revoking, .. } => revoking.call(),
            Stage::Forget { reused } => Call::Delete { key: *reused, expected: None, tombstone: None },
        }
    }

    fn answer(mut self, answer: Result<Answer, StoreError>) -> Result<Step<Self, OpenSession>, SessionError> {
        let found = match self.stage {
            Stage::Load { id } => match answer.inspect_err(log::store_failed)? {
                Answer::Load(stored) => self.search.loaded(*id.key(), Some(id), 0, stored)?,
                _ => return Err(SessionError::Mismatched),
            },
            Stage::Follow { key, hops } => match answer.inspect_err(log::store_failed)? {
                Answer::Load(stored) => self.search.loaded(key, None, hops, stored)?,
                _ => return Err(SessionError::Mismatched),
            },
            Stage::Behind { reused, hops, .. } => match answer.inspect_err(log::store_failed)? {
                Answer::Load(stored) => self.search.behind(reused, hops, stored)?,
                _ => return Err(SessionError::Mismatched),
            },
            Stage::End { ending, reused } => match ((*ending).answer(answer)?, reused) {
                (Step::Ask(ending), reused) => Step::Ask(Stage::End { ending: Box::new(ending), reused }),
                (Step::Done(_), Some(reused)) => Step::Ask(Stage::Forget { reused }),
                (Step::Done(_), None) => {
                    self.search.skip(Arrived::new(Arrival::Rejected(Rejection::Fingerprint)))?
                }
            },
            Stage::Revoke { revoking, reused } => match (*revoking).answer(answer)? {
                Step::Ask(revoking) => Step::Ask(Stage::Revoke { revoking: Box::new(revoking), reused }),
                Step::Done(_) => Step::Ask(Stage::Forget { reused }),
            },
            Stage::Forget { .. } => match answer.inspect_err(log::store_failed)? {
                Answer::Delete(_) => self.search.skip(Arrived::new(Arrival::Reused))?,
                _ => return Err(SessionError::Mismatched),
            },
        };
        Ok(match found {
            Step::Ask(stage) => Step::Ask(Self { stage, ..self }),
            Step::Done(session) => Step::Done(session),
        })
    }
}

impl fmt::Debug for Opening<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opening").field("call", &self.call()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_moved_by_the_short_way() {
        // Copies of more bytes take glibc twice as long.
        assert!(size_of::<Opening<'_>>() <= 256);
    }
}
