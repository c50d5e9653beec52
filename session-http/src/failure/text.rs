//! The status and the text that the visitor gets for each [`SessionFailure`](crate::SessionFailure).

use http::StatusCode;
use session_core::{
    SessionError, ValueError,
    session::SignInRequired,
    store::{Applied, StoreError, StoreErrorKind},
};

use crate::FailureCause;

/// The status and the text of the response to a failure.
pub(super) fn status_and_text(cause: &FailureCause) -> (StatusCode, &'static str) {
    match cause {
        FailureCause::MissingLayer | FailureCause::MissingCsrfLayer => {
            (StatusCode::INTERNAL_SERVER_ERROR, MISSING_LAYER)
        }
        FailureCause::Session(error) => of_session(error),
        FailureCause::Csrf(error) => (error.status(), error.sentence()),
        FailureCause::Forbidden => (StatusCode::FORBIDDEN, FORBIDDEN),
        FailureCause::Handle(_) => (StatusCode::BAD_REQUEST, NO_HANDLE),
        FailureCause::Cursor(_) => (StatusCode::BAD_REQUEST, NO_CURSOR),
        FailureCause::Id(_) => (StatusCode::BAD_REQUEST, NO_ID),
        FailureCause::Other(_) => (StatusCode::INTERNAL_SERVER_ERROR, OTHER),
    }
}

fn of_session(error: &SessionError) -> (StatusCode, &'static str) {
    match error {
        SessionError::Store(error) => of_store(error),
        SessionError::Value(error) => of_value(error),
        SessionError::SignInRequired(SignInRequired::NotSignedIn) => (StatusCode::UNAUTHORIZED, SIGN_IN),
        SessionError::SignInRequired(_) => (StatusCode::FORBIDDEN, SIGN_IN_AGAIN),
        SessionError::TokenSpent => {
            (StatusCode::CONFLICT, "This form is no longer valid or was sent already.")
        }
        SessionError::Entropy(_) => (StatusCode::SERVICE_UNAVAILABLE, UNAVAILABLE),
        SessionError::Unknown => (StatusCode::SERVICE_UNAVAILABLE, UNKNOWN),
        SessionError::Gone => {
            (StatusCode::CONFLICT, "The session ended while the request ran. Its change was not saved.")
        }
        SessionError::Conflict { .. } | SessionError::Refused { .. } => (StatusCode::CONFLICT, CHANGED),
        SessionError::Full => (
            StatusCode::CONFLICT,
            "As many sessions are open as this account may have. Sign out somewhere else first.",
        ),
        SessionError::Record(_) => (StatusCode::INTERNAL_SERVER_ERROR, UNREADABLE),
        _ => (StatusCode::INTERNAL_SERVER_ERROR, FAILED),
    }
}

fn of_store(error: &StoreError) -> (StatusCode, &'static str) {
    match error.kind() {
        StoreErrorKind::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, TOO_LARGE),
        StoreErrorKind::Undecodable => (StatusCode::INTERNAL_SERVER_ERROR, UNREADABLE),
        _ if error.applied() == Applied::Unknown => (StatusCode::SERVICE_UNAVAILABLE, UNKNOWN),
        _ => (StatusCode::SERVICE_UNAVAILABLE, UNAVAILABLE),
    }
}

fn of_value(error: &ValueError) -> (StatusCode, &'static str) {
    match error {
        ValueError::TooLarge { .. } | ValueError::TooManyKeys { .. } => {
            (StatusCode::PAYLOAD_TOO_LARGE, TOO_LARGE)
        }
        // Most often it is what somebody typed.
        ValueError::Owner { .. } => (StatusCode::BAD_REQUEST, NO_NAME),
        ValueError::Label { .. } => (StatusCode::BAD_REQUEST, LONG_LABEL),
        _ => (StatusCode::INTERNAL_SERVER_ERROR, FAILED),
    }
}

const MISSING_LAYER: &str = "This page cannot be shown, because the site is not set up completely.";
const UNKNOWN: &str =
    "It could not be found out whether the change was saved. Please look before you repeat it.";
const FORBIDDEN: &str = "You are signed in, but you may not do this.";
const OTHER: &str = "Something went wrong, and the request could not be served.";
const SIGN_IN: &str = "Please sign in first.";
const SIGN_IN_AGAIN: &str = "Please sign in again: this needs a newer or a stronger proof of who you are.";
/// Says that nothing was changed, so that the request may be repeated.
pub(super) const UNAVAILABLE: &str =
    "Sessions are not available at the moment. Please try again in a few seconds.";
const CHANGED: &str =
    "Other requests changed the session at the same time. The change was not saved; please try again.";
const UNREADABLE: &str = "The stored session cannot be read. It was left as it is.";
const NO_NAME: &str = "The name of the account is empty or too long. Nothing was changed.";
const LONG_LABEL: &str = "The name of the device is too long. Nothing was changed.";
const NO_HANDLE: &str = "The request names a session in a form that is not valid. Please load the list of sessions again and repeat it.";
const NO_CURSOR: &str = "The request names a place in a list in a form that is not valid. Please go to the beginning of the list.";
const NO_ID: &str = "The request has an id of a session that is not valid. Please sign in again.";
const TOO_LARGE: &str = "The session would become too large. The change was not saved.";
const FAILED: &str = "The session could not be used.";
