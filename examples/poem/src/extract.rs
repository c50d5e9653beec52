//! The extractors, which handlers take apart by a pattern, as they do with those of poem.

use std::sync::Arc;

use poem::{FromRequest, Request, RequestBody};
use session_http::{Client, Main, OwnerSessions, RequestSession};

use crate::{SessionFailure, sessions::head};

/// The loaded session of the request. What was changed is saved with the response.
#[derive(Debug, Clone)]
pub struct Session(pub session_http::Session);

/// The token of a form, for [`Csrf`](crate::Csrf).
#[derive(Debug, Clone)]
pub struct CsrfToken(pub session_http::CsrfToken);

/// The sessions of all owners.
#[derive(Debug, Clone)]
pub struct Owners(pub OwnerSessions);

impl<'a> FromRequest<'a> for Session {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> poem::Result<Self> {
        Ok(Self(load(request).await?))
    }
}

impl<'a> FromRequest<'a> for CsrfToken {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> poem::Result<Self> {
        Ok(Self(session_http::CsrfToken::of(&load(request).await?)))
    }
}

impl<'a> FromRequest<'a> for Owners {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> poem::Result<Self> {
        Ok(Self(placed(request)?.owners()))
    }
}

/// Returns the session that the middleware laid into the request.
pub(crate) fn placed(request: &Request) -> Result<&Arc<RequestSession>, SessionFailure> {
    let missing = || session_http::SessionFailure::missing_layer::<Main>("Sessions::new(…)").into();
    request.data().ok_or_else(missing)
}

/// Returns the loaded session.
pub(crate) async fn load(request: &Request) -> Result<session_http::Session, SessionFailure> {
    let network = request.remote_addr().as_socket_addr().map(|address| address.ip());
    Ok(placed(request)?.load(&head(request), network).await?)
}

/// Signs the visitor out, also of a session that cannot be loaded. Returns the number of sessions that have ended.
///
/// # Errors
/// [`SessionFailure`] if the store fails, or without the middleware.
pub async fn forget(request: &Request) -> Result<u64, SessionFailure> {
    let session = placed(request)?;
    Ok(session.forget(&Client::new(&head(request), session, None)).await?)
}
