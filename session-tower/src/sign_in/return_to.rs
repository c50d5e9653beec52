use std::{convert::Infallible, ops::Deref};

use axum_core::extract::FromRequestParts;
use http::request::Parts;

/// Where the visitor wanted to go before the sign-in: the parameter `next` in the query of the request, if it is a
/// [path of this site](crate::own_path).
///
/// A [sign-in page](crate::SessionLayer::sign_in_page) is asked for with it. A form without an `action` is sent to where its
/// page was, so the handler that signs in has it too.
///
/// ```
/// use axum::{Router, response::Redirect, routing::get};
/// use alo_session::{ReturnTo, Session, SessionFailure};
///
/// async fn sign_in(session: Session, back: ReturnTo) -> Result<Redirect, SessionFailure> {
///     session.login("user-42")?; // after the password was checked
///     Ok(Redirect::to(back.or("/")))
/// }
/// # let _: Router = Router::new().route("/sign-in", get(async || "<form method=post>").post(sign_in));
/// ```
#[doc(alias("next", "redirect"))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnTo(session_http::ReturnTo);

impl Deref for ReturnTo {
    type Target = session_http::ReturnTo;

    fn deref(&self) -> &session_http::ReturnTo {
        &self.0
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ReturnTo {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(session_http::ReturnTo::of_query(parts.uri.query())))
    }
}
