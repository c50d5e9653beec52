use alo_session::{CsrfError, FailureCause, RequestHead, SessionError, SessionFailure};
use axum::{
    body::Body,
    http::{HeaderValue, Response, StatusCode, header::CONTENT_TYPE},
    response::IntoResponse,
};
use maud::{Markup, html};

use crate::layout;

/// Why a request gets a page that says what is wrong.
#[derive(Debug)]
pub(crate) enum Problem {
    Session(SessionFailure),
    NotFound,
    MethodNotAllowed,
    BadForm,
    UnknownProduct,
    OrderedAlready,
}

impl<E: Into<SessionFailure>> From<E> for Problem {
    fn from(error: E) -> Self {
        Self::Session(error.into())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> axum::response::Response {
        let (status, title, text) = match self {
            // The session layer hands it to `session_failure` below.
            Self::Session(failure) => return failure.into_response(),
            Self::NotFound => (
                StatusCode::NOT_FOUND,
                "There is no such page",
                "The address may be mistyped, or the page has moved.",
            ),
            Self::MethodNotAllowed => (
                StatusCode::METHOD_NOT_ALLOWED,
                "That does not work here",
                "This address takes another kind of request.",
            ),
            Self::BadForm => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "The form is not complete",
                "A field is missing or has a wrong value. Nothing was changed.",
            ),
            Self::UnknownProduct => (
                StatusCode::NOT_FOUND,
                "There is no such product",
                "The shop does not sell it, or no longer sells it. Nothing was changed.",
            ),
            Self::OrderedAlready => (
                StatusCode::CONFLICT,
                "This order was sent already",
                "Each order form can be sent once, in however many tabs it is open. The first one counted; nothing was \
                 ordered twice.",
            ),
        };
        (status, page(status, title, text, START)).into_response()
    }
}

/// Makes the response when a session cannot be loaded or saved, and when a form is refused.
pub(crate) fn session_failure(failure: &SessionFailure, _request: RequestHead<'_>) -> Response<Body> {
    let title = match failure.cause() {
        FailureCause::Csrf(_) => "This form was not accepted",
        FailureCause::SignInRequired(_) => "Please sign in again",
        FailureCause::Session(SessionError::Gone) => "Your session has ended",
        _ => match failure.status() {
            StatusCode::SERVICE_UNAVAILABLE => "Please try again in a moment",
            StatusCode::CONFLICT => "Something else came first",
            StatusCode::PAYLOAD_TOO_LARGE => "That is too much",
            _ => "Something went wrong",
        },
    };
    // The failure's own response has the status and the headers that belong to it; only the body is ours.
    let mut response = failure.to_response();
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, html);
    let way_on = match failure.cause() {
        FailureCause::SignInRequired(_) => ("/sign-in", "Sign in"),
        _ => START,
    };
    let page = page(failure.status(), title, &explanation(failure), way_on);
    *response.body_mut() = page.into_string().into();
    response
}

fn explanation(failure: &SessionFailure) -> String {
    match failure.cause() {
        FailureCause::Csrf(CsrfError::MissingToken) => {
            "Every form of this site carries a hidden token that no other site can know. This one came without it, so \
             nothing was changed. Please use the form on our page."
        }
        FailureCause::Csrf(CsrfError::SessionGone) => {
            "Your session ended before you sent it, or your browser keeps no cookies. Nothing was changed. Please load the \
             page again and repeat it."
        }
        FailureCause::Csrf(CsrfError::Superseded) => {
            "The page it was on is out of date: you signed in or out since, perhaps in another tab. Nothing was changed. \
             Please load the page again and repeat it."
        }
        FailureCause::Csrf(CsrfError::WrongToken) => {
            "The page it was on is out of date or belongs to another session. Nothing was changed. Please load the page \
             again and repeat it."
        }
        FailureCause::Csrf(CsrfError::CrossSite) => {
            "It was sent by a page of another site, so nothing was changed."
        }
        _ => return failure.to_string(),
    }
    .to_owned()
}

const START: (&str, &str) = ("/", "Go to the start page");

fn page(status: StatusCode, title: &str, text: &str, (address, way_on): (&str, &str)) -> Markup {
    layout::plain(
        title,
        &html! {
            p.eyebrow { "Error " (status.as_u16()) }
            h1 { (title) }
            p.lead { (text) }
            p { a.button href=(address) { (way_on) } }
        },
    )
}
