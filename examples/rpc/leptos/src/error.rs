use alo_session::{LazySession, SessionError, SessionFailure};
use axum::http::request::Parts;
use leptos::{
    prelude::{FromServerFnError, ServerFnErrorErr, use_context},
    server_fn::codec::JsonEncoding,
};
use leptos_axum::ResponseOptions;
use serde::{Deserialize, Serialize};

/// Why a server function failed, as its caller is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum AppError {
    /// The session did not allow it, or could not be used. The text is meant for the visitor.
    Session(String),
    /// The call itself failed.
    Call(ServerFnErrorErr),
}

impl From<SessionError> for AppError {
    fn from(error: SessionError) -> Self {
        Self::from(SessionFailure::from(error))
    }
}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        Self::Call(error)
    }
}

impl From<SessionFailure> for AppError {
    /// Leptos makes the response: with another status, and for a form a redirect, though the function failed. So the status is
    /// set here, and the changes are dropped here.
    fn from(failure: SessionFailure) -> Self {
        if let Some(response) = use_context::<ResponseOptions>() {
            response.set_status(failure.status());
        }
        let session = use_context::<Parts>().and_then(|parts| LazySession::from_request(&parts).ok());
        if let Some(session) = session.and_then(|session| session.loaded()) {
            session.discard();
        }
        Self::Session(failure.to_string())
    }
}
