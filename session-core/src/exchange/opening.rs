use std::{fmt, sync::Arc, vec};

use super::{Answer, Call, Ending, Exchange, Revoking, SessionError, Step};
use crate::{
    Context, Timestamp, Visit,
    config::{OnMismatch, OnReuse},
    cookie, event,
    fingerprint::{self, Fingerprint, FingerprintOk},
    id::{CookieId, Digest, StoreKey},
    observe::{EndedBy, Rejection},
    record::{Live, Record},
    session::{Origin, Session},
    store::{StoreError, Stored},
};

/// Opens the session of a request: the one whose id is among the cookies, or a fresh one. An id that is not known is
/// never adopted.
///
/// A request without a cookie that could be an id is done at once.
#[must_use]
pub fn begin<'v>(context: &Arc<Context>, visit: &'v Visit<'v>, now: Timestamp) -> Step<Opening<'v>, Session> {
    let (mut first, mut more) = (None, Vec::new());
    cookie::find(visit, context.config(), |id| match first {
        None => first = Some(id),
        Some(_) => more.push(id),
    });
    // Nearly every request has one, which so needs no allocation.
    let Some(id) = first else { return Step::Done(Session::fresh(context, visit, now)) };
    let (context, stage) = (Arc::clone(context), Stage::of(id));
    Step::Ask(Opening { context, visit, now, more: more.into_iter(), stage, reused: None })
}

/// A session being looked for.
pub struct Opening<'v> {
    context: Arc<Context>,
    visit: &'v Visit<'v>,
    now: Timestamp,
    /// The other ids among the cookies.
    more: vec::IntoIter<CookieId>,
    stage: Stage,
    /// The key of an old id that was used after its grace.
    reused: Option<StoreKey>,
}

enum Stage {
    /// Asks for the record of an id, or for the one that its tombstone names.
    Load { key: StoreKey, id: Option<CookieId>, hops: u8 },
    /// Ends a session whose fingerprint is another one, or that a reused id became.
    End(Ending),
    /// Ends all sessions of an owner because of the reused id.
    Revoke(Revoking),
    /// Deletes the tombstone of a reused id, so that it ends what it does once.
    Forget,
}

impl Stage {
    const fn of(id: CookieId) -> Self {
        Self::Load { key: *id.key(), id: Some(id), hops: 0 }
    }
}

/// How many tombstones are followed; a chain this long needs as many rotations within one grace.
const MAX_HOPS: u8 = 8;

impl Opening<'_> {
    /// Goes on with the next id. As everywhere here, no session means another question, which the stage is.
    fn skip(&mut self) -> Option<Session> {
        let Some(id) = self.more.next() else {
            return Some(Session::fresh(&self.context, self.visit, self.now));
        };
        self.stage = Stage::of(id);
        None
    }

    fn loaded(
        &mut self,
        key: StoreKey,
        id: Option<CookieId>,
        hops: u8,
        stored: Option<Stored>,
    ) -> Result<Option<Session>, SessionError> {
        let Some(stored) = stored else {
            event::rejected(&self.context, &key, Rejection::Unknown);
            return Ok(self.skip());
        };
        let Stored { revision, remaining, data } = stored;
        let record = Record::decode_owned(data, self.context.config().limits);
        match record.inspect_err(|error| event::unreadable(&key, error))? {
            Record::Live(live) if live.deadline <= self.now => {
                event::rejected(&self.context, &key, Rejection::Deadline);
                Ok(self.skip())
            }
            Record::Live(live) => {
                let origin = Origin { key, id, revision, expires: self.now.after(remaining) };
                Ok(self.check(origin, live))
            }
            Record::Moved { grace_until, to } if hops == 0 && self.now >= grace_until => {
                Ok(self.reused(key, to))
            }
            Record::Moved { to, .. } if hops < MAX_HOPS => {
                let key = StoreKey { digest: to, ..key };
                self.stage = Stage::Load { key, id: None, hops: hops + 1 };
                Ok(None)
            }
            Record::Moved { .. } => {
                event::rejected(&self.context, &key, Rejection::Moved);
                Ok(self.skip())
            }
            Record::Superseded => {
                event::rejected(&self.context, &key, Rejection::Superseded);
                Ok(self.skip())
            }
        }
    }

    /// The id was replaced so long ago that its browser must know.
    fn reused(&mut self, key: StoreKey, to: Digest) -> Option<Session> {
        event::reused(&self.context, &key);
        self.stage = match self.context.config().on_reuse {
            OnReuse::Report => return self.skip(),
            OnReuse::EndFamily if key.is_owned() => {
                Stage::Revoke(Revoking::new(&self.context, key.family, None, EndedBy::Reuse))
            }
            OnReuse::EndFamily => {
                let key = StoreKey { digest: to, ..key };
                Stage::End(Ending::new(&self.context, key, None, EndedBy::Reuse))
            }
        };
        self.reused = Some(key);
        None
    }

    /// Something was ended, which this request then has no part in.
    fn ended(&mut self) -> Option<Session> {
        if self.reused.is_none() {
            return self.skip();
        }
        self.stage = Stage::Forget;
        None
    }

    fn check(&mut self, origin: Origin, live: Live) -> Option<Session> {
        let (config, key) = (self.context.config(), origin.key);
        let current = Fingerprint::of(self.visit, config);
        let known = live.entries.get(config.fingerprint_key.as_bytes());
        let proof = match fingerprint::check(known, current.as_ref()) {
            Ok(proof) => proof,
            Err(mismatch) => {
                event::rejected(&self.context, &key, Rejection::Fingerprint);
                match config.fingerprint.on_mismatch {
                    OnMismatch::Report => FingerprintOk::reported(mismatch),
                    OnMismatch::Reject => return self.skip(),
                    OnMismatch::Destroy => {
                        self.stage = Stage::End(Ending::new(
                            &self.context,
                            key,
                            Some(origin.revision),
                            EndedBy::Fingerprint,
                        ));
                        return None;
                    }
                }
            }
        };
        event::loaded(&key);
        let context = Arc::clone(&self.context);
        Some(Session::loaded(context, self.visit, self.now, live, origin, (current, proof)))
    }

    fn advance(&mut self, answer: Result<Answer, StoreError>) -> Result<Option<Session>, SessionError> {
        match &mut self.stage {
            Stage::Load { key, id, hops } => {
                let (key, id, hops) = (*key, id.take(), *hops);
                let Answer::Load(stored) = answer.inspect_err(event::store_failed)? else {
                    return Err(SessionError::Mismatched);
                };
                self.loaded(key, id, hops, stored)
            }
            Stage::End(ending) => match ending.clone().answer(answer)? {
                Step::Ask(next) => {
                    *ending = next;
                    Ok(None)
                }
                Step::Done(_) => Ok(self.ended()),
            },
            Stage::Revoke(revoking) => match revoking.clone().answer(answer)? {
                Step::Ask(next) => {
                    *revoking = next;
                    Ok(None)
                }
                Step::Done(_) => Ok(self.ended()),
            },
            Stage::Forget => match answer.inspect_err(event::store_failed)? {
                Answer::Delete(_) => Ok(self.skip()),
                _ => Err(SessionError::Mismatched),
            },
        }
    }
}

impl Exchange for Opening<'_> {
    type Output = Session;

    fn call(&self) -> Call<'_> {
        match &self.stage {
            Stage::Load { key, .. } => Call::Load { key: *key },
            Stage::End(ending) => ending.call(),
            Stage::Revoke(revoking) => revoking.call(),
            Stage::Forget => {
                Call::Delete { key: self.reused.unwrap_or_default(), expected: None, tombstone: None }
            }
        }
    }

    fn answer(mut self, answer: Result<Answer, StoreError>) -> Result<Step<Self, Session>, SessionError> {
        Ok(match self.advance(answer)? {
            Some(session) => Step::Done(session),
            None => Step::Ask(self),
        })
    }
}

impl fmt::Debug for Opening<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opening").field("call", &self.call()).finish_non_exhaustive()
    }
}
