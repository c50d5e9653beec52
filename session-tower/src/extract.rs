//! The axum extractors.

use std::sync::Arc;

use axum_core::{
    extract::FromRequestParts,
    response::{IntoResponse, Response},
};
use http::request::Parts;

use crate::{CsrfToken, LazySession, OwnerSessions, Session, SessionFailure, client, slot::Slot};

impl<S: Send + Sync> FromRequestParts<S> for Session {
    type Rejection = SessionFailure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, SessionFailure> {
        let slot = Arc::clone(Slot::of(&parts.extensions)?);
        if let Some(core) = slot.loaded() {
            return Ok(Self::new(core.clone(), slot));
        }
        let network = slot.options().network(&parts.headers, &parts.extensions);
        let core = slot.load(&client::visit(&parts.headers, network)).await?;
        Ok(Self::new(core, slot))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for LazySession {
    type Rejection = SessionFailure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, SessionFailure> {
        Self::from_parts(parts)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for OwnerSessions {
    type Rejection = SessionFailure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, SessionFailure> {
        let slot = Slot::of(&parts.extensions)?;
        Ok(Self::new(Arc::clone(slot.options())))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for CsrfToken {
    type Rejection = SessionFailure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, SessionFailure> {
        let session = Session::from_request_parts(parts, state).await?;
        Ok(Self::new(&session))
    }
}

impl IntoResponse for SessionFailure {
    fn into_response(self) -> Response {
        self.into_marked_response()
    }
}
