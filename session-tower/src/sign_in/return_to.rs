use std::convert::Infallible;

use axum_core::extract::FromRequestParts;
use http::request::Parts;

use super::own_path;

/// Where the visitor wanted to go before the sign-in: the parameter `next` in the query of the request, if it is a
/// [path of this site](own_path).
///
/// A [sign-in page](crate::SessionLayer::sign_in_page) is asked for with it. A form without an `action` is sent to where its
/// page was, so the handler that signs in has it too.
///
/// ```
/// use axum::{Router, response::Redirect, routing::get};
/// use session_tower::{ReturnTo, Session, SessionFailure};
///
/// async fn sign_in(session: Session, back: ReturnTo) -> Result<Redirect, SessionFailure> {
///     session.login("user-42")?; // after the password was checked
///     Ok(Redirect::to(back.or("/")))
/// }
/// # let _: Router = Router::new().route("/sign-in", get(async || "<form method=post>").post(sign_in));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnTo(Option<Box<str>>);

/// The parameter of the query.
pub(super) const PARAMETER: &str = "next";

impl ReturnTo {
    /// The path, or `otherwise` if the request named none.
    #[must_use]
    pub fn or<'a>(&'a self, otherwise: &'a str) -> &'a str {
        self.0.as_deref().unwrap_or(otherwise)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ReturnTo {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let query = parts.uri.query().unwrap_or_default();
        let next = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == PARAMETER);
        Ok(Self(next.and_then(|(_, path)| own_path(&path).map(Into::into))))
    }
}
