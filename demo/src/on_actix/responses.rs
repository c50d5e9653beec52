use std::fmt;

use actix_web::{
    HttpRequest, HttpResponse, Responder, ResponseError,
    body::{BoxBody, MessageBody as _},
    dev::{RequestHead, ResponseHead},
    http::{
        StatusCode,
        header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, LOCATION},
    },
};
use alo_session::actix::SessionFailure;
use maud::Markup;

use crate::{
    answer::Answer,
    assets::Asset,
    problem::{self, Mistake, Problem},
};

impl Responder for Answer {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        match self {
            Self::Page(page) => html(StatusCode::OK, page),
            Self::SeeOther(address) => HttpResponse::SeeOther().insert_header((LOCATION, address)).finish(),
        }
    }
}

impl ResponseError for Problem {
    fn error_response(&self) -> HttpResponse {
        match self {
            // The session's middleware hands it to `session_failure` below.
            Self::Session(error) => SessionFailure::from(error.clone()).error_response(),
            Self::Mistake(mistake) => answer(*mistake),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Session(error) => error.fmt(f),
            Self::Mistake(mistake) => fmt::Debug::fmt(mistake, f),
        }
    }
}

impl Responder for Mistake {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        answer(self)
    }
}

fn answer(mistake: Mistake) -> HttpResponse {
    let (status, page) = mistake.page();
    html(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), page)
}

fn html(status: StatusCode, body: Markup) -> HttpResponse {
    HttpResponse::new(status).map_body(|head, _| page(head, body))
}

/// Makes a page the body of a response.
pub(super) fn page(head: &mut ResponseHead, page: Markup) -> BoxBody {
    head.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    page.into_string().boxed()
}

/// Makes the response when a session cannot be loaded or saved, and when a form is refused.
pub(super) fn session_failure(failure: &SessionFailure, _request: &RequestHead) -> HttpResponse {
    // The failure's own response has the status and the headers that belong to it; only the body is ours.
    failure.to_response().map_body(|head, _| page(head, problem::of_session(failure)))
}

impl Responder for Asset {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, self.content_type))
            .insert_header((CACHE_CONTROL, Self::CACHE_CONTROL))
            .body(self.content)
    }
}
