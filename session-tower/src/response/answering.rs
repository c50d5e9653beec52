use std::sync::Arc;

use axum_core::body::Body;
use http::{Request, Response, request::Parts};
use session_core::{
    OpenSession,
    exchange::{drop_refused, needs_save},
};

use super::{DiscardChanges, ResponseHead, SavingResponse, set_cookie};
use crate::{RequestHead, SessionFailure, slot::Slot};

/// A request on its way to its response. Dropping it means that the head is out, or that none will come.
pub(crate) struct Answering {
    slot: Arc<Slot>,
    /// Kept only for `on_error` and the sign-in page, because the request is used up when a failure is rendered.
    head: Option<Box<Parts>>,
    /// Whether it came to an end. If not, the client has gone away.
    done: bool,
}

/// The response, or the error of the service inside.
pub(crate) type Outcome<E> = Result<Response<Body>, E>;

/// How far a response is.
pub(crate) enum Answer<E> {
    Ready(Outcome<E>),
    Saving(SavingResponse<E>),
}

/// What happens to the session with the response.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Save,
    /// The changes are dropped. That the session was used is not.
    Discard,
    /// The store has failed just now, and is not asked again.
    Leave,
}

/// The mark of a failure that is rendered.
#[derive(Clone, Copy)]
struct Rendered;

impl Answering {
    pub(crate) fn of<B>(request: Request<B>, slot: Arc<Slot>) -> (Request<B>, Self) {
        if slot.options().on_error.is_none() && slot.options().sign_in_page.is_none() {
            return (request, Self { slot, head: None, done: false });
        }
        let (parts, body) = request.into_parts();
        let head = Some(Box::new(parts.clone()));
        (Request::from_parts(parts, body), Self { slot, head, done: false })
    }

    pub(crate) const fn slot(&self) -> &Arc<Slot> {
        &self.slot
    }

    /// Takes what the service inside gave.
    pub(crate) fn answer<E>(mut self, mut outcome: Outcome<E>) -> Answer<E> {
        let verdict = self.judge(&mut outcome);
        let Some(session) = self.slot.loaded().cloned() else {
            self.forget(&mut outcome);
            return Answer::Ready(outcome);
        };
        if verdict != Verdict::Leave {
            // The handler was told that its own save failed, and may have made a page of it.
            drop_refused(&session);
        }
        if verdict == Verdict::Discard {
            session.discard();
        }
        // Most requests only read, and need no future to save.
        if verdict != Verdict::Leave && needs_save(&session, self.slot.now()) {
            return Answer::Saving(SavingResponse::begin(self, session, outcome, verdict == Verdict::Save));
        }
        self.done = true;
        self.write_head(&session, &mut outcome);
        Answer::Ready(outcome)
    }

    /// Ends what [`answer`](Self::answer) began.
    pub(crate) fn saved<E>(
        &mut self,
        session: &OpenSession,
        saved: Result<(), SessionFailure>,
        mut outcome: Outcome<E>,
    ) -> Outcome<E> {
        if let (Err(failure), Ok(response)) = (saved, &mut outcome) {
            *response = failure.clone().into_marked_response();
            self.render(failure, response);
        }
        self.done = true;
        self.write_head(session, &mut outcome);
        outcome
    }

    fn judge<E>(&self, outcome: &mut Outcome<E>) -> Verdict {
        let Ok(response) = outcome else {
            return Verdict::Discard;
        };
        if let Some(failure) = response.extensions().get::<SessionFailure>().cloned() {
            let verdict = if failure.is_of_store() { Verdict::Leave } else { Verdict::Discard };
            // A layer of another kind, inside of this one, may have rendered it.
            if response.extensions().get::<Rendered>().is_none() {
                self.render(failure, response);
            }
            return verdict;
        }
        let saves = response.extensions().get::<DiscardChanges>().is_none()
            && (self.slot.options().save_when)(ResponseHead::from(&*response));
        if saves { Verdict::Save } else { Verdict::Discard }
    }

    /// Puts the response that the application wishes for a failure in place of the plain one.
    fn render(&self, failure: SessionFailure, response: &mut Response<Body>) {
        let (options, Some(head)) = (self.slot.options(), &self.head) else {
            return;
        };
        let head = RequestHead::from(&**head);
        let way = options.way_to_sign_in(&failure, head);
        let Some(rendered) = way.or_else(|| options.on_error.as_ref().map(|render| render(&failure, head)))
        else {
            return;
        };
        *response = rendered;
        response.extensions_mut().insert(failure);
        response.extensions_mut().insert(Rendered);
    }

    /// Removes the cookie of a session that was ended without being loaded.
    fn forget<E>(&self, outcome: &mut Outcome<E>) {
        if let (true, Ok(response)) = (self.slot.is_forgotten(), outcome) {
            set_cookie::remove(self.slot.cookie(), response.headers_mut());
            self.slot.options().cache.apply(response.headers_mut(), true);
        }
    }

    /// Writes into the head what the browser and the caches must know. A later save does not reach them.
    fn write_head<E>(&self, session: &OpenSession, outcome: &mut Outcome<E>) {
        self.slot.set_answered();
        let Ok(response) = outcome else {
            return;
        };
        let options = self.slot.options();
        let (cookie, now) = (self.slot.cookie(), options.now());
        if self.slot.is_forgotten() {
            return self.forget(outcome);
        }
        let sets_cookie = set_cookie::append(session, cookie, now, response.headers_mut());
        options.cache.apply(response.headers_mut(), sets_cookie);
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        self.slot.set_answered();
        if !self.done {
            self.slot.abandon();
        }
    }
}
