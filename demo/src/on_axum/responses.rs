use alo_session::{RequestHead, SessionFailure};
use axum::{
    body::Body,
    http::{
        HeaderValue, StatusCode,
        header::{CACHE_CONTROL, CONTENT_TYPE},
    },
    response::{Html, IntoResponse, Redirect, Response},
};

use crate::{
    answer::Answer,
    assets::Asset,
    problem::{self, Mistake, Problem},
};

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        match self {
            Self::Page(page) => Html(page.into_string()).into_response(),
            Self::SeeOther(address) => Redirect::to(address).into_response(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        match self {
            // The session layer hands it to `session_failure` below.
            Self::Session(error) => SessionFailure::from(error).into_response(),
            Self::Mistake(mistake) => mistake.into_response(),
        }
    }
}

impl IntoResponse for Mistake {
    fn into_response(self) -> Response {
        let (status, page) = self.page();
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, Html(page.into_string())).into_response()
    }
}

/// Makes the response when a session cannot be loaded or saved, and when a form is refused.
pub(super) fn session_failure(failure: &SessionFailure, _request: RequestHead<'_>) -> Response<Body> {
    // The failure's own response has the status and the headers that belong to it; only the body is ours.
    let mut response = failure.to_response();
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, html);
    *response.body_mut() = problem::of_session(failure).into_string().into();
    response
}

impl IntoResponse for Asset {
    fn into_response(self) -> Response {
        ([(CONTENT_TYPE, self.content_type), (CACHE_CONTROL, Self::CACHE_CONTROL)], self.content)
            .into_response()
    }
}
