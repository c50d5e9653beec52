use std::{
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http::{HeaderValue, Response, header::SET_COOKIE};
use pin_project_lite::pin_project;
use session_core::{
    Session,
    exchange::{Settled, head_sent, needs_save, set_cookie},
};

use crate::{SessionFailure, driver::Pending, slot::Slot};

pin_project! {
    /// The response of a [`SessionService`](crate::SessionService), after the session was saved. Dropped before its end,
    /// it saves nothing, or leaves a save that is under way to the store's rules: done or not done, never half.
    pub struct ResponseFuture<F, B> {
        #[pin]
        inner: F,
        slot: Arc<Slot>,
        saving: Option<Saving<B>>,
    }
}

/// The handler has answered, and its session is being saved.
struct Saving<B> {
    response: Response<B>,
    session: Session,
    save: Pending<'static, Settled>,
}

impl<F, B> ResponseFuture<F, B> {
    pub(crate) const fn new(inner: F, slot: Arc<Slot>) -> Self {
        Self { inner, slot, saving: None }
    }
}

impl<F, B, E> Future for ResponseFuture<F, B>
where
    F: Future<Output = Result<Response<B>, E>>,
    B: From<Bytes>,
{
    type Output = Result<Response<B>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let mut saving = match this.saving.take() {
            Some(saving) => saving,
            None => {
                let mut response = ready!(this.inner.poll(cx))?;
                let failed = take_failure(this.slot, &mut response);
                let Some(session) = this.slot.loaded() else {
                    return Poll::Ready(Ok(response));
                };
                // Most requests only read, and need no future for it.
                if failed || discards(this.slot, &response) || !needs_save(session, this.slot.now()) {
                    finish(this.slot, session, &mut response);
                    return Poll::Ready(Ok(response));
                }
                Saving::begin(this.slot, session, response)
            }
        };
        let Poll::Ready(outcome) = saving.save.as_mut().poll(cx) else {
            *this.saving = Some(saving);
            return Poll::Pending;
        };
        let mut response = match outcome {
            Ok(_) => saving.response,
            Err(error) => {
                let failure = SessionFailure::from(error);
                failure.log();
                this.slot.settings().render(&failure)
            }
        };
        finish(this.slot, &saving.session, &mut response);
        Poll::Ready(Ok(response))
    }
}

impl<B> Saving<B> {
    fn begin(slot: &Arc<Slot>, session: &Session, response: Response<B>) -> Self {
        let (slot, own) = (Arc::clone(slot), session.clone());
        Self { response, session: session.clone(), save: Box::pin(async move { slot.save(&own).await }) }
    }
}

/// Whether a handler answered a failure, which the application may want to render in its own way.
fn take_failure<B: From<Bytes>>(slot: &Slot, response: &mut Response<B>) -> bool {
    let Some(failure) = response.extensions_mut().remove::<SessionFailure>() else {
        return false;
    };
    if slot.settings().on_error.is_some() {
        *response = slot.settings().render(&failure);
    }
    true
}

fn discards<B>(slot: &Slot, response: &Response<B>) -> bool {
    response.status().is_server_error() && !slot.settings().save_on_server_error
}

/// Writes into the head what the browser and the caches must know. What is saved later they do not learn.
fn finish<B>(slot: &Slot, session: &Session, response: &mut Response<B>) {
    slot.set_answered();
    head_sent(session);
    let settings = slot.settings();
    let cookie = set_cookie(session).header(&settings.driver.config().cookie);
    // The text moves into the value, so that there is no copy to be wiped.
    if let Some(mut text) = cookie
        && let Ok(mut value) = HeaderValue::try_from(std::mem::take(&mut *text))
    {
        // Keeps the id out of logs that print headers, and out of HPACK's tables.
        value.set_sensitive(true);
        response.headers_mut().append(SET_COOKIE, value);
    }
    settings.cache.apply(response.headers_mut());
}

impl<F, B> fmt::Debug for ResponseFuture<F, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture")
            .field("slot", &self.slot)
            .field("saving", &self.saving.is_some())
            .finish_non_exhaustive()
    }
}
