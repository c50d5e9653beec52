//! The axum extractors.

use axum_core::{
    extract::{FromRequestParts, OptionalFromRequestParts},
    response::{IntoResponse, Response},
};
use http::request::Parts;

use crate::{
    CsrfToken, CsrfVerdict, LazySession, OwnerSessions, RequestHead, Session, SessionFailure, placed::Placed,
};

impl<K: 'static, S: Send + Sync> FromRequestParts<S> for Session<K> {
    type Rejection = SessionFailure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, SessionFailure> {
        let placed = Placed::<K>::get(&parts.extensions)?;
        Ok(placed.load(RequestHead::from(&*parts)).await?)
    }
}

/// `None` if the request brought no session that lives, and none was begun for it, or if there is no layer: for a page that shows
/// a little more to those who have a session.
impl<K: 'static, S: Send + Sync> OptionalFromRequestParts<S> for Session<K> {
    type Rejection = SessionFailure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, SessionFailure> {
        if Placed::<K>::find(&parts.extensions).is_none() {
            return Ok(None);
        }
        let session = <Self as FromRequestParts<S>>::from_request_parts(parts, state).await?;
        Ok(Some(session).filter(|session| !session.is_new() || session.is_changed()))
    }
}

impl<K: 'static, S: Send + Sync> FromRequestParts<S> for LazySession<K> {
    type Rejection = SessionFailure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, SessionFailure> {
        Self::of_kind(&*parts)
    }
}

impl<K: 'static, S: Send + Sync> FromRequestParts<S> for OwnerSessions<K> {
    type Rejection = SessionFailure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, SessionFailure> {
        let placed = Placed::<K>::get(&parts.extensions)?;
        Ok(Self::new(placed.request.owners()))
    }
}

impl<K: 'static, S: Send + Sync> FromRequestParts<S> for CsrfToken<K> {
    type Rejection = SessionFailure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, SessionFailure> {
        let session = <Session<K> as FromRequestParts<S>>::from_request_parts(parts, state).await?;
        Ok(Self::of(&session))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for CsrfVerdict {
    type Rejection = SessionFailure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, SessionFailure> {
        Self::from_request(&*parts)
    }
}

impl IntoResponse for SessionFailure {
    fn into_response(self) -> Response {
        self.into_marked_response()
    }
}
