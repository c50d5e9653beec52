use std::{fmt, sync::Arc, vec};

use super::{Answer, Call, Ending, Exchange, SessionError, Step};
use crate::{
    Context, Timestamp, Visit,
    config::OnMismatch,
    cookie::candidates,
    event,
    fingerprint::{self, Fingerprint, FingerprintOk},
    id::{CookieId, StoreKey},
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
    let candidates = candidates(visit, context.config()).into_iter();
    Opening::next(Arc::clone(context), visit, now, candidates)
}

/// A session being looked for.
pub struct Opening<'v> {
    context: Arc<Context>,
    visit: &'v Visit<'v>,
    now: Timestamp,
    candidates: vec::IntoIter<CookieId>,
    stage: Stage,
}

enum Stage {
    /// Asks for the record of an id, or for the one that its tombstone names.
    Load { key: StoreKey, id: Option<CookieId>, hops: u8 },
    /// Ends a session whose fingerprint is another one.
    End(Ending),
}

/// How many tombstones are followed; a chain this long needs as many rotations within one grace.
const MAX_HOPS: u8 = 8;

impl<'v> Opening<'v> {
    fn next(
        context: Arc<Context>,
        visit: &'v Visit<'v>,
        now: Timestamp,
        mut candidates: vec::IntoIter<CookieId>,
    ) -> Step<Self, Session> {
        match candidates.next() {
            Some(id) => {
                let stage = Stage::Load { key: *id.key(), id: Some(id), hops: 0 };
                Step::Ask(Self { context, visit, now, candidates, stage })
            }
            None => Step::Done(Session::fresh(&context, visit, now)),
        }
    }

    fn skip(self) -> Step<Self, Session> {
        Self::next(self.context, self.visit, self.now, self.candidates)
    }

    fn loaded(
        mut self,
        key: StoreKey,
        id: Option<CookieId>,
        hops: u8,
        stored: Option<Stored>,
    ) -> Result<Step<Self, Session>, SessionError> {
        let Some(stored) = stored else {
            event::unknown(&key);
            return Ok(self.skip());
        };
        let record = Record::decode(&stored.data, self.context.config().limits());
        match record.inspect_err(|error| event::unreadable(&key, error))? {
            Record::Live(live) if live.deadline <= self.now => {
                event::rejected(&key, "past its absolute deadline");
                Ok(self.skip())
            }
            Record::Live(live) => Ok(self.check(key, id, &stored, live)),
            Record::Moved { to, grace_until } if self.now < grace_until && hops < MAX_HOPS => {
                let key = StoreKey { digest: to, ..key };
                self.stage = Stage::Load { key, id: None, hops: hops + 1 };
                Ok(Step::Ask(self))
            }
            Record::Moved { .. } => {
                event::reused(&key);
                Ok(self.skip())
            }
            Record::Superseded => {
                event::rejected(&key, "superseded by a sign-in or sign-out");
                Ok(self.skip())
            }
        }
    }

    fn check(
        mut self,
        key: StoreKey,
        id: Option<CookieId>,
        stored: &Stored,
        live: Live,
    ) -> Step<Self, Session> {
        let config = self.context.config();
        let current = Fingerprint::of(self.visit, config);
        let known = live.entries.get(config.fingerprint_key());
        let proof = match fingerprint::check(known, current.as_ref()) {
            Ok(proof) => proof,
            Err(mismatch) => {
                event::rejected(&key, "another fingerprint");
                match config.fingerprint().on_mismatch() {
                    OnMismatch::Report => FingerprintOk::reported(mismatch),
                    OnMismatch::Reject => return self.skip(),
                    OnMismatch::Destroy => {
                        self.stage = Stage::End(Ending::new(&self.context, key, Some(stored.revision)));
                        return Step::Ask(self);
                    }
                }
            }
        };
        event::loaded(&key);
        let expires = self.now.after(stored.remaining);
        let origin = Origin { key, id, revision: stored.revision, expires };
        Step::Done(Session::loaded(&self.context, self.visit, self.now, live, origin, proof))
    }
}

impl Exchange for Opening<'_> {
    type Output = Session;

    fn call(&self) -> Call<'_> {
        match &self.stage {
            Stage::Load { key, .. } => Call::Load { key: *key },
            Stage::End(ending) => ending.call(),
        }
    }

    fn answer(mut self, answer: Result<Answer, StoreError>) -> Result<Step<Self, Session>, SessionError> {
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
                    Ok(Step::Ask(self))
                }
                Step::Done(_) => Ok(self.skip()),
            },
        }
    }
}

impl fmt::Debug for Opening<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opening").field("call", &self.call()).finish_non_exhaustive()
    }
}
