use std::{fmt, sync::Arc};

use actix_web::HttpRequest;
use session_http::{CsrfChecks, CsrfError, CsrfRefusal, CsrfRules, RequestSession, TokenSearch};

use super::beginning::Beginning;
use crate::{SessionFailure, head::Asked, placed::Slot};

/// The rules of a [`CsrfMiddleware`](crate::CsrfMiddleware), and the requests that the application makes exceptions for.
#[derive(Clone)]
pub(super) struct CsrfOptions {
    pub(super) rules: CsrfRules,
    pub(super) exempt: Option<Arc<Choose>>,
    pub(super) unprotected: Option<Arc<Choose>>,
    pub(super) let_through: Option<Arc<LetThrough>>,
}

pub(super) type Choose = dyn Fn(&HttpRequest) -> bool + Send + Sync;
pub(super) type LetThrough = dyn Fn(CsrfError, &HttpRequest) -> bool + Send + Sync;

impl CsrfOptions {
    /// Returns what must be checked of the request; `None` if it needs no verdict.
    pub(super) fn checks(
        &self,
        request: &HttpRequest,
        session: Option<&RequestSession>,
    ) -> Option<CsrfChecks> {
        let chosen = |choose: &Option<Arc<Choose>>| choose.as_ref().is_some_and(|choose| choose(request));
        let (unprotected, exempt) = (|| chosen(&self.unprotected), || chosen(&self.exempt));
        self.rules.checks(&Asked(request.head()), session, unprotected, exempt)
    }

    /// Returns whether the request passes, with the reason if it was refused and is let through.
    pub(super) async fn check(
        &self,
        request: &HttpRequest,
        slot: Option<&Slot>,
        body: &mut Beginning,
        checks: CsrfChecks,
    ) -> Result<Result<(), CsrfError>, SessionFailure> {
        let Err(refusal) = self.judge(request, slot, body, checks).await? else { return Ok(Ok(())) };
        let error = refusal.error();
        let let_through = refusal.may_be_let_through()
            && self.let_through.as_ref().is_some_and(|choose| choose(error, request));
        refusal.log(&Asked(request.head()), &self.rules, let_through);
        if let_through { Ok(Err(error)) } else { Err(refusal.into()) }
    }

    async fn judge(
        &self,
        request: &HttpRequest,
        slot: Option<&Slot>,
        body: &mut Beginning,
        checks: CsrfChecks,
    ) -> Result<Result<(), CsrfRefusal>, SessionFailure> {
        let head = Asked(request.head());
        let verdict = self.rules.check_origin(&head, checks);
        let (Some(slot), Ok(())) = (slot, &verdict) else { return Ok(verdict) };
        let found = self.search(request, body).await;
        // The session is loaded even if no token was found, because a form of this site counts as a use.
        let session = slot.load::<()>(request).await?;
        Ok(self.rules.check_token(&head, &session, found)?)
    }

    async fn search(&self, request: &HttpRequest, body: &mut Beginning) -> TokenSearch {
        let length =
            request.headers().get("content-length").and_then(|length| length.to_str().ok()?.parse().ok());
        let mut search = self.rules.search(&Asked(request.head()), length.unwrap_or(0));
        while let TokenSearch::More(reader) = search {
            search = match body.next().await {
                Some(Ok(piece)) => reader.feed(&piece),
                Some(Err(_)) => reader.broken(),
                None => reader.end(),
            };
        }
        search
    }
}

impl fmt::Debug for CsrfOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.rules.fmt(f)
    }
}
