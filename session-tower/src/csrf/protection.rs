use std::{fmt, sync::Arc};

use axum_core::body::Body;
use http::Request;
use session_http::{CsrfChecks, CsrfError, CsrfRefusal, CsrfRules, TokenSearch};

use super::{CsrfVerdict, beginning::Beginning};
use crate::{RequestHead, SessionFailure, placed::Placed};

/// The rules of one layer, and what the application chooses by the head of a request.
#[derive(Clone)]
pub(super) struct Protection {
    pub(super) rules: CsrfRules,
    pub(super) exempt: Option<Arc<Choose>>,
    pub(super) unprotected: Option<Arc<Choose>>,
    pub(super) let_through: Option<Arc<LetThrough>>,
}

pub(super) type Choose = dyn Fn(RequestHead<'_>) -> bool + Send + Sync;
pub(super) type LetThrough = dyn Fn(CsrfError, RequestHead<'_>) -> bool + Send + Sync;

impl Protection {
    /// Returns what must be checked of the request; `None` if it needs no verdict.
    pub(super) fn checks<K: 'static>(&self, head: RequestHead<'_>) -> Option<CsrfChecks> {
        let session = Placed::<K>::find(head.extensions).map(|placed| &*placed.request);
        let chosen = |choose: &Option<Arc<Choose>>| choose.as_ref().is_some_and(|choose| choose(head));
        self.rules.checks(&head, session, || chosen(&self.unprotected), || chosen(&self.exempt))
    }

    /// Returns the unchanged request, with its verdict, if it may pass.
    pub(super) async fn check<K: 'static>(
        &self,
        request: Request<Body>,
        checks: CsrfChecks,
    ) -> Result<Request<Body>, SessionFailure> {
        let (mut parts, body) = request.into_parts();
        let mut body = Beginning::new(body);
        let verdict = self.judge::<K>((&parts).into(), &mut body, checks).await?;
        if let Err(refusal) = verdict {
            let head = RequestHead::from(&parts);
            let wishes = |choose: &Arc<LetThrough>| choose(refusal.error(), head);
            let let_through = refusal.may_be_let_through() && self.let_through.as_ref().is_some_and(wishes);
            refusal.log(&head, &self.rules, let_through);
            if !let_through {
                return Err(refusal.into());
            }
        }
        CsrfVerdict::add(verdict.map_err(|refusal| refusal.error()), &mut parts.extensions);
        Ok(Request::from_parts(parts, body.into_body()))
    }

    async fn judge<K: 'static>(
        &self,
        head: RequestHead<'_>,
        body: &mut Beginning,
        checks: CsrfChecks,
    ) -> Result<Result<(), CsrfRefusal>, SessionFailure> {
        let placed = if checks.has_token() { Some(Placed::<K>::get(head.extensions)?) } else { None };
        let by_origin = self.rules.check_origin(&head, checks);
        let (Some(placed), Ok(())) = (placed, by_origin) else { return Ok(by_origin) };
        let mut search = self.rules.search(&head, body.least_size());
        while let TokenSearch::More(reader) = search {
            search = match body.next().await {
                Some(Ok(piece)) => reader.feed(&piece),
                Some(Err(_)) => reader.broken(),
                None => reader.end(),
            };
        }
        // The session is loaded even if no token was found, because a form of this site counts as a use.
        let session = placed.load(head).await?;
        Ok(self.rules.check_token(&head, &session, search)?)
    }
}

impl fmt::Debug for Protection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Protection").field("rules", &self.rules).finish_non_exhaustive()
    }
}
