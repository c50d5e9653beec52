use http::{HeaderValue, Response, StatusCode, header};
use session_core::{
    SessionError, ValueError,
    session::SignInRequired,
    store::{Applied, StoreErrorKind},
};

use crate::{
    answer::{Body, text},
    driver::Driver,
    flaw::Flaw,
};

/// The status of the response to a failure.
fn status(error: &SessionError) -> u16 {
    match error {
        SessionError::Store(error) if error.kind() == StoreErrorKind::TooLarge => 413,
        SessionError::Store(error) if error.kind() == StoreErrorKind::Undecodable => 500,
        SessionError::Store(_) | SessionError::Unknown | SessionError::Entropy(_) => 503,
        SessionError::Record(_) => 500,
        SessionError::Value(ValueError::TooLarge { .. } | ValueError::TooManyKeys { .. }) => 413,
        SessionError::SignInRequired(SignInRequired::NotSignedIn) => 401,
        SessionError::SignInRequired(_) => 403,
        SessionError::Gone
        | SessionError::Conflict { .. }
        | SessionError::Full
        | SessionError::TokenSpent
        | SessionError::Refused { .. } => 409,
        _ => 500,
    }
}

/// Whether the store has failed.
pub(crate) fn is_of_store(error: &SessionError) -> bool {
    matches!(error, SessionError::Store(_) | SessionError::Unknown | SessionError::Record(_))
}

fn may_be_repeated(error: &SessionError) -> bool {
    matches!(error, SessionError::Store(error) if error.applied() != Applied::Unknown)
}

fn spoiled(driver: &Driver, error: &SessionError, status: u16) -> u16 {
    match driver.flaw {
        Flaw::OutageIs500 if status == 503 => 500,
        Flaw::UnreadableIsUnavailable if matches!(error, SessionError::Record(_)) => 503,
        Flaw::GoneIs500 if status == 409 => 500,
        Flaw::TooLargeIs500 if status == 413 => 500,
        Flaw::TooLargeIs400 if status == 413 => 400,
        Flaw::SignInIs403 if status == 401 => 403,
        Flaw::FreshIs401 if matches!(error, SessionError::SignInRequired(_)) => 401,
        Flaw::FreshIs500 if status == 403 => 500,
        Flaw::FullIs503 if matches!(error, SessionError::Full) => 503,
        _ => status,
    }
}

/// The response to an error of the session.
pub(crate) fn failure(driver: &Driver, error: &SessionError, cookie: Option<&str>) -> Response<Body> {
    let status = spoiled(driver, error, status(error));
    let page = match driver.flaw {
        Flaw::ErrorsTellTheirSource => format!("{error:?} {:?}", std::error::Error::source(error)),
        Flaw::ErrorsTellTheId => format!("your request had {}", cookie.unwrap_or_default()),
        _ => "This does not work at the moment.".to_owned(),
    };
    let mut response = text(status, page);
    let headers = response.headers_mut();
    let is_cacheable = match driver.flaw {
        Flaw::FailuresAreCacheable => true,
        Flaw::OutagesAreCacheable => status == 503,
        _ => false,
    };
    if !is_cacheable {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if status == 401 && !driver.is(Flaw::NoChallenge) {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Cookie"));
    }
    if status == 503 && (may_be_repeated(error) || driver.is(Flaw::AlwaysRetryAfter)) {
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
    }
    if driver.is(Flaw::UnknownIsFine) && status == 503 && !may_be_repeated(error) {
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
        *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    }
    response
}
