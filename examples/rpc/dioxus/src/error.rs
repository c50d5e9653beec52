use alo_session::{LazySession, SessionError, SessionFailure};
use dioxus_fullstack::{AsStatusCode, FullstackContext, ServerFnError, StatusCode};
use serde::{Deserialize, Serialize};

/// Why a server function failed, as its caller is told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum AppError {
    /// The session did not allow it, or could not be used. The text is meant for the visitor.
    #[error("{text}")]
    Session {
        /// The status of the response.
        status: u16,
        /// The text.
        text: String,
    },
    /// The call itself failed, or one of its extractors.
    #[error(transparent)]
    Call(#[from] ServerFnError),
}

impl From<SessionError> for AppError {
    fn from(error: SessionError) -> Self {
        Self::from(SessionFailure::from(error))
    }
}

impl AsStatusCode for AppError {
    fn as_status_code(&self) -> StatusCode {
        match self {
            Self::Session { status, .. } => StatusCode::from_u16(*status).unwrap_or_default(),
            Self::Call(error) => error.as_status_code(),
        }
    }
}

impl From<SessionFailure> for AppError {
    /// Dioxus makes the response, which the layer cannot tell from one of success if it is no server error. So the changes are
    /// dropped here.
    fn from(failure: SessionFailure) -> Self {
        let context = FullstackContext::current();
        let session = context.and_then(|context| LazySession::from_request(&*context.parts_mut()).ok());
        if let Some(session) = session.and_then(|session| session.loaded()) {
            session.discard();
        }
        Self::Session { status: failure.status().as_u16(), text: failure.to_string() }
    }
}
