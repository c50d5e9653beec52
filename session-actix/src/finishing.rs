use std::{rc::Rc, sync::Arc};

use actix_web::{
    HttpResponse, ResponseError as _,
    dev::RequestHead,
    http::header::{HeaderValue, LOCATION},
};
use session_http::{Answering, Saving, Verdict};

use crate::{DiscardChanges, SessionFailure, head::Asked, outcome::Outcome, placed::Slot};

/// A request on its way to its response. Dropping it means that the client has gone away, or that the handler has panicked.
pub(crate) struct Finishing {
    answering: Answering,
    slot: Rc<Slot>,
    /// A copy for `on_error`, because the request of an error is gone.
    head: Option<Box<RequestHead>>,
    /// The way to the sign-in page.
    way: Option<HeaderValue>,
}

/// The mark of a failure that is rendered.
#[derive(Clone, Copy)]
struct Rendered;

impl Finishing {
    pub(crate) fn new(slot: Rc<Slot>, head: &RequestHead) -> Self {
        let way = slot.options.sessions.sign_in_location(&Asked(head));
        let way = way.and_then(|location| HeaderValue::try_from(location).ok());
        let head = slot.options.on_error.is_some().then(|| Box::new(head.clone()));
        Self { answering: Answering::new(Arc::clone(&slot.request)), slot, head, way }
    }

    /// Takes what the service inside gave. Returns what its head must wait for.
    pub(crate) fn begin_save<B>(&self, outcome: Outcome<B>) -> (Outcome<B>, Option<Saving>) {
        let (outcome, verdict) = self.judge(outcome);
        (outcome, self.answering.begin_save(verdict))
    }

    /// Ends what [`begin_save`](Self::begin_save) began.
    pub(crate) fn end<B>(
        self,
        saved: Result<(), session_http::SessionFailure>,
        mut outcome: Outcome<B>,
    ) -> Outcome<B> {
        if let Err(failure) = saved {
            outcome = self.fail(failure.into(), outcome);
        }
        outcome.end(self.answering);
        outcome
    }

    fn judge<B>(&self, outcome: Outcome<B>) -> (Outcome<B>, Verdict) {
        if let Some(failure) = outcome.carried::<SessionFailure>() {
            let verdict = Verdict::of_failure(&failure);
            // A middleware of another kind, inside of this one, may have rendered it.
            let is_rendered = outcome.carried::<Rendered>().is_some();
            return (if is_rendered { outcome } else { self.render(failure, outcome) }, verdict);
        }
        // The handler got a `None` instead of the failure. What it made of that must not look as if there were no session.
        if let Some(failure) = self.slot.failed() {
            let verdict = Verdict::of_failure(&failure);
            return (self.fail(failure, outcome), verdict);
        }
        let saves =
            outcome.carried::<DiscardChanges>().is_none() && (self.slot.options.save_when)(outcome.head());
        (outcome, if saves { Verdict::Save } else { Verdict::Discard })
    }

    /// Answers a failure in place of what the service inside gave.
    fn fail<B>(&self, failure: SessionFailure, outcome: Outcome<B>) -> Outcome<B> {
        let outcome = outcome.replace(failure.error_response());
        self.render(failure, outcome)
    }

    /// Puts the response that the application wishes for a failure in place of the plain one.
    fn render<B>(&self, failure: SessionFailure, outcome: Outcome<B>) -> Outcome<B> {
        let rendered = match (&self.way, &self.slot.options.on_error, &self.head) {
            (Some(way), _, _) if failure.requires_sign_in() => {
                HttpResponse::SeeOther().insert_header((LOCATION, way.clone())).finish()
            }
            (_, Some(render), Some(head)) => render(&failure, head),
            _ => return outcome,
        };
        let mut outcome = outcome.replace(rendered);
        outcome.carry(failure);
        outcome.carry(Rendered);
        outcome
    }
}
