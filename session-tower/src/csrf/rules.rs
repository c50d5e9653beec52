use std::{fmt, sync::Arc};

use axum_core::body::Body;
use http::{Extensions, HeaderName, Request};
use session_core::session::{Arrival, TokenVerdict};

use super::{
    CsrfError, CsrfVerdict,
    allowed::Allowed,
    beginning::Beginning,
    form::Form,
    origin,
    refusal::Refusal,
    request_kind::RequestKind,
    token::{DEFAULT_FIELD, FieldName, TOKEN_NAME},
};
use crate::{FailureCause, LazySession, RequestHead, Session, SessionFailure};

/// The rules of one layer.
#[derive(Clone)]
pub(super) struct Rules {
    pub(super) by_origin: bool,
    pub(super) by_token: bool,
    pub(super) allowed: Allowed,
    pub(super) field: String,
    pub(super) header: HeaderName,
    pub(super) form_limit: usize,
    pub(super) multipart_limit: Option<usize>,
    pub(super) exempt: Option<Arc<Choose>>,
    pub(super) unprotected: Option<Arc<Choose>>,
    pub(super) let_through: Option<Arc<LetThrough>>,
}

pub(super) type Choose = dyn Fn(RequestHead<'_>) -> bool + Send + Sync;
pub(super) type LetThrough = dyn Fn(CsrfError, RequestHead<'_>) -> bool + Send + Sync;

/// What is checked of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Checks {
    origin: bool,
    token: bool,
}

impl Rules {
    /// Tells the forms of the request how their field is called, if it is not called as usual.
    pub(super) fn announce<K: 'static>(&self, extensions: &mut Extensions) {
        if self.field != DEFAULT_FIELD {
            extensions.insert(FieldName::<K>::new(&self.field));
        }
    }

    /// Returns what must be checked of the request; `None` if it needs no verdict.
    pub(super) fn checks(&self, head: RequestHead<'_>) -> Option<Checks> {
        let chosen = |choose: &Option<Arc<Choose>>| choose.as_ref().is_some_and(|choose| choose(head));
        Some(match RequestKind::of(head) {
            RequestKind::Safe => return None,
            _ if chosen(&self.unprotected) => Checks { origin: false, token: false },
            RequestKind::Handshake => Checks { origin: true, token: false },
            RequestKind::Changing => {
                Checks { origin: self.by_origin, token: self.by_token && !chosen(&self.exempt) }
            }
        })
    }

    /// Returns the unchanged request, with its verdict, if it may pass.
    pub(super) async fn check<K: 'static>(
        &self,
        request: Request<Body>,
        checks: Checks,
    ) -> Result<Request<Body>, SessionFailure> {
        let (mut parts, body) = request.into_parts();
        let mut body = Beginning::new(body);
        let verdict = self.judge::<K>((&parts).into(), &mut body, checks).await?;
        if let Err(refusal) = verdict {
            // A form that broke off has nothing that could be shown again.
            let let_through = refusal.error != CsrfError::Unreadable
                && self.let_through.as_ref().is_some_and(|choose| choose(refusal.error, (&parts).into()));
            refusal.log((&parts).into(), self, let_through);
            if !let_through {
                return Err(FailureCause::Csrf(refusal.error).into());
            }
        }
        CsrfVerdict::add(verdict.map_err(|refusal| refusal.error), &mut parts.extensions);
        Ok(Request::from_parts(parts, body.into_body()))
    }

    async fn judge<K: 'static>(
        &self,
        head: RequestHead<'_>,
        body: &mut Beginning,
        checks: Checks,
    ) -> Result<Result<(), Refusal>, SessionFailure> {
        let lazy = if checks.token { Some(LazySession::<K>::of_kind(head)?) } else { None };
        if checks.origin
            && let Err(why) = origin::check(head, &self.allowed, checks.token)
        {
            return Ok(Err(Refusal::foreign(why)));
        }
        let Some(lazy) = lazy else { return Ok(Ok(())) };
        let token = self.take_token(head, body).await;
        // Also without a token: whoever sends a form of this site uses the session.
        let session = lazy.load().await?;
        let verdict = match token {
            Ok(text) => compare(&session, &text)?,
            Err(error) => Err(error),
        };
        let secure = session.slot().cookie().secure;
        Ok(verdict.map_err(|error| Refusal::of(error, head, session.arrival(), secure)))
    }

    async fn take_token(&self, head: RequestHead<'_>, body: &mut Beginning) -> Result<String, CsrfError> {
        if let Some(header) = head.headers.get(&self.header) {
            return header.to_str().map(str::to_owned).map_err(|_| CsrfError::WrongToken);
        }
        match Form::of(head.headers, &self.field) {
            Some(form @ Form::UrlEncoded) => form.token(body, &self.field, self.form_limit).await,
            Some(form) => {
                form.token(body, &self.field, self.multipart_limit.unwrap_or(self.form_limit)).await
            }
            None => Err(CsrfError::MissingToken),
        }
    }
}

/// Compares the text with the token of the session.
fn compare<K>(session: &Session<K>, text: &str) -> Result<Result<(), CsrfError>, SessionFailure> {
    Ok(match session.tokens().check(TOKEN_NAME, text)? {
        TokenVerdict::Good => Ok(()),
        TokenVerdict::Superseded => Err(CsrfError::Superseded),
        TokenVerdict::Missing if session.is_new() && session.arrival() != Arrival::Superseded => {
            Err(CsrfError::SessionGone)
        }
        // The session, or what a sign-out left of it, is not the one of the token any more.
        TokenVerdict::Missing => Err(CsrfError::Superseded),
        _ => Err(CsrfError::WrongToken),
    })
}

impl fmt::Debug for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rules")
            .field("by_origin", &self.by_origin)
            .field("by_token", &self.by_token)
            .field("allowed", &self.allowed)
            .field("field", &self.field)
            .field("header", &self.header)
            .field("form_limit", &self.form_limit)
            .field("multipart_limit", &self.multipart_limit)
            .finish_non_exhaustive()
    }
}
