use std::{
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use axum_core::{BoxError, body::Body};
use bytes::Bytes;
use http::Response;
use pin_project_lite::pin_project;
use session_core::{
    OpenSession, SessionError,
    exchange::{head_sent, needs_save},
};

use crate::{SessionFailure, set_cookie_header, slot::Slot};

pin_project! {
    /// The future of a [`SessionService`](crate::SessionService). It is ready when the session is saved. If it is dropped
    /// during a save, the save is done or not done, never half.
    pub struct ResponseFuture<F> {
        #[pin]
        inner: F,
        slot: Arc<Slot>,
        saving: Option<SavingResponse>,
    }
}

/// A response that waits until its session is saved.
struct SavingResponse {
    response: Response<Body>,
    session: OpenSession,
    save: Pin<Box<dyn Future<Output = Result<(), SessionError>> + Send>>,
}

impl<F> ResponseFuture<F> {
    pub(crate) const fn new(inner: F, slot: Arc<Slot>) -> Self {
        Self { inner, slot, saving: None }
    }
}

impl<F, B, E> Future for ResponseFuture<F>
where
    F: Future<Output = Result<Response<B>, E>>,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Output = Result<Response<Body>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let mut saving = match this.saving.take() {
            Some(saving) => saving,
            None => {
                let mut response = ready!(this.inner.poll(cx))?.map(Body::new);
                let failed = take_failure(this.slot, &mut response);
                let Some(session) = this.slot.loaded() else {
                    return Poll::Ready(Ok(response));
                };
                // Most requests only read, and need no future to save.
                if failed || discards(this.slot, &response) || !needs_save(session, this.slot.now()) {
                    write_head(this.slot, session, &mut response);
                    return Poll::Ready(Ok(response));
                }
                SavingResponse::begin(this.slot, session, response)
            }
        };
        let Poll::Ready(outcome) = saving.save.as_mut().poll(cx) else {
            *this.saving = Some(saving);
            return Poll::Pending;
        };
        let mut response = match outcome {
            Ok(()) => saving.response,
            Err(error) => {
                let failure = SessionFailure::from(error);
                failure.log();
                this.slot.options().render(&failure)
            }
        };
        write_head(this.slot, &saving.session, &mut response);
        Poll::Ready(Ok(response))
    }
}

impl SavingResponse {
    fn begin(slot: &Arc<Slot>, session: &OpenSession, response: Response<Body>) -> Self {
        let (slot, own) = (Arc::clone(slot), session.clone());
        let save = Box::pin(async move { slot.save(&own).await.map(drop) });
        Self { response, session: session.clone(), save }
    }
}

/// Returns whether the response is a failure, and renders it as the application wishes.
fn take_failure(slot: &Slot, response: &mut Response<Body>) -> bool {
    let Some(failure) = response.extensions_mut().remove::<SessionFailure>() else {
        return false;
    };
    if slot.options().on_error.is_some() {
        *response = slot.options().render(&failure);
    }
    true
}

fn discards(slot: &Slot, response: &Response<Body>) -> bool {
    response.status().is_server_error() && !slot.options().save_on_server_error
}

/// Writes into the head what the browser and the caches must know. A later save does not reach them.
fn write_head(slot: &Slot, session: &OpenSession, response: &mut Response<Body>) {
    head_sent(session);
    let options = slot.options();
    set_cookie_header::append(session, &options.sessions.context().config().cookie, response.headers_mut());
    options.cache.apply(response.headers_mut());
}

impl<F> fmt::Debug for ResponseFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture")
            .field("slot", &self.slot)
            .field("saving", &self.saving.is_some())
            .finish_non_exhaustive()
    }
}
