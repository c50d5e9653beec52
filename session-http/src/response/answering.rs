use std::sync::Arc;

use session_core::{
    cookie::SetCookie,
    exchange::{drop_refused, id_header, needs_save, set_cookie, visitor_cookie},
};

use zeroize::Zeroizing;

use super::{ResponseHeaders, Saving, Verdict};
use crate::{RequestSession, SessionFailure};

/// A request on its way to its response. A middleware makes it before it calls the service inside, and ends it before the head
/// of the response is sent.
///
/// Dropping it before the [end](Self::end) means that the client has gone away, or that the handler has panicked: a save that has
/// begun is finished on the runtime, what was not being saved is dropped, and the use of the session counts.
///
/// ```
/// # use std::sync::Arc;
/// use http::{HeaderMap, Response};
/// use session_http::{Answering, RequestSession, Verdict};
///
/// # async fn handler() -> Response<String> { Response::default() }
/// # fn page_of(failure: session_http::SessionFailure) -> Response<String> { Response::new(failure.to_string()) }
/// async fn serve(session: Arc<RequestSession>) -> Response<String> {
///     let answering = Answering::new(session);
///     let mut response = handler().await;
///     let verdict = Verdict::of_status(response.status().as_u16());
///     if let Err(failure) = answering.save(verdict).await {
///         response = page_of(failure);
///     }
///     answering.end(response.headers_mut());
///     response
/// }
/// ```
#[derive(Debug)]
#[must_use = "dropping it means that the client has gone away"]
pub struct Answering {
    request: Arc<RequestSession>,
    /// Whether it came to an end. If not, the client has gone away.
    done: bool,
}

impl Answering {
    /// Begins with a request.
    pub const fn new(request: Arc<RequestSession>) -> Self {
        Self { request, done: false }
    }

    /// Returns the session of the request.
    #[must_use]
    pub const fn request(&self) -> &Arc<RequestSession> {
        &self.request
    }

    /// Carries out the verdict on the response, and waits until that is done. To be called once.
    ///
    /// # Errors
    /// [`SessionFailure`] if the changes could not be saved. Its response must then replace that of the handler.
    pub async fn save(&self, verdict: Verdict) -> Result<(), SessionFailure> {
        match self.begin_save(verdict) {
            Some(saving) => saving.await,
            None => Ok(()),
        }
    }

    /// Like [`save`](Self::save), for a middleware that has a future of its own. Returns what the head of the response must wait
    /// for. It is `None` for most requests: they only read.
    pub fn begin_save(&self, verdict: Verdict) -> Option<Saving> {
        let session = self.request.opened()?;
        if verdict != Verdict::Leave {
            // The handler was told that its own save failed, and may have made a page of it.
            drop_refused(session);
        }
        if verdict == Verdict::Discard {
            session.discard();
        }
        let now = self.request.now();
        let saves = verdict != Verdict::Leave && needs_save(session, now);
        saves.then(|| Saving::new(&self.request, session, verdict, now))
    }

    /// Writes into the head what the client and the caches must know: `Set-Cookie` or the header with the id, `Vary` and
    /// `Cache-Control`. If the session was
    /// not loaded, that is nothing. A later save does not reach them.
    pub fn end(mut self, headers: &mut impl ResponseHeaders) {
        self.finish();
        let request = &self.request;
        let cookie = request.cookie();
        let (cookies, id) = if request.is_header_forgotten() {
            ([None, None], Some(Zeroizing::default()))
        } else if request.is_forgotten() {
            ([SetCookie::Remove.header(cookie), None], None)
        } else if let Some(session) = request.opened() {
            let cookies = [set_cookie(session).header(cookie), visitor_cookie(session, cookie)];
            (cookies, request.id_header().and_then(|_| id_header(session)))
        } else {
            return;
        };
        let tells_id = id.is_some() || cookies.iter().any(Option::is_some);
        cookies.into_iter().flatten().for_each(|text| headers.append_secret("set-cookie", text));
        if let (Some(name), Some(id)) = (request.id_header(), id) {
            headers.append_secret(name, id);
        }
        request.sessions().cache_policy().apply(headers, request.id_header(), tells_id);
    }

    /// Ends a request that gets no response, because the service inside has failed.
    pub fn end_without_head(mut self) {
        self.finish();
    }

    fn finish(&mut self) {
        self.done = true;
        self.request.set_answered();
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        if !self.done {
            self.request.set_answered();
            self.request.abandon();
        }
    }
}
