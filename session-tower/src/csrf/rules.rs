use std::{fmt, sync::Arc};

use bytes::Bytes;
use http::{Method, Request};
use http_body::Body;

use super::{CsrfError, CsrfToken, form, origin};
use crate::{FailureCause, LazySession, SessionFailure};

/// The rules of one layer.
#[derive(Clone)]
pub(super) struct Rules {
    pub(super) allowed: Vec<String>,
    pub(super) form_limit: usize,
    pub(super) exempt: Option<Arc<Exempt>>,
}

pub(super) type Exempt = dyn Fn(&str) -> bool + Send + Sync;

impl Rules {
    /// Whether the request may change something. The methods are those of RFC 9110, section 9.2.1.
    pub(super) fn apply_to<B>(&self, request: &Request<B>) -> bool {
        let safe = [Method::GET, Method::HEAD, Method::OPTIONS, Method::TRACE];
        let exempt = |path| self.exempt.as_ref().is_some_and(|exempt| exempt(path));
        !safe.contains(request.method()) && !exempt(request.uri().path())
    }

    /// Returns the unchanged request if it may pass.
    pub(super) async fn check<B>(&self, request: Request<B>) -> Result<Request<B>, SessionFailure>
    where
        B: Body + From<Bytes>,
    {
        let session = LazySession::from_request(&request)?;
        if !origin::is_acceptable(request.uri(), request.headers(), &self.allowed) {
            return Err(refused(CsrfError::CrossSite));
        }
        let (request, token) = self.take_token(request).await.map_err(refused)?;
        let token = token.ok_or_else(|| refused(CsrfError::MissingToken))?;
        let session = session.load().await?;
        if session.tokens().verify(CsrfToken::NAME, &token)? {
            Ok(request)
        } else {
            Err(refused(CsrfError::WrongToken))
        }
    }

    async fn take_token<B>(&self, request: Request<B>) -> Result<(Request<B>, Option<String>), CsrfError>
    where
        B: Body + From<Bytes>,
    {
        if let Some(header) = request.headers().get(CsrfToken::HEADER) {
            let token = header.to_str().ok().map(str::to_owned);
            return Ok((request, token));
        }
        if !form::is_form(request.headers()) {
            return Ok((request, None));
        }
        let (parts, body) = request.into_parts();
        let form = form::buffer(body, self.form_limit).await?;
        let token = form::token(&form);
        Ok((Request::from_parts(parts, B::from(form)), token))
    }
}

fn refused(error: CsrfError) -> SessionFailure {
    tracing::info!(target: "alo_session", reason = ?error, "request refused by the CSRF protection");
    FailureCause::Csrf(error).into()
}

impl fmt::Debug for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rules")
            .field("allowed", &self.allowed)
            .field("form_limit", &self.form_limit)
            .finish_non_exhaustive()
    }
}
