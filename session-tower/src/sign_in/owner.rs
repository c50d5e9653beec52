use std::str::FromStr;

use axum_core::extract::{FromRequestParts, OptionalFromRequestParts};
use http::request::Parts;
use session_core::{SessionError, session::SignInRequired};

use crate::{Session, SessionFailure};

/// Who is signed in: the name that was given to [`login`](session_core::OpenSession::login), as the type of the application's
/// ids.
///
/// Anybody else gets a 401, or is sent to the [sign-in page](crate::SessionLayer::sign_in_page). `Option<Owner>` is `None` then.
///
/// ```
/// use axum::{Router, routing::get};
/// use alo_session::{Owner, OwnerSessions, SessionFailure};
///
/// async fn devices(Owner(user): Owner<u64>, sessions: OwnerSessions) -> Result<String, SessionFailure> {
///     Ok(format!("User {user} is signed in {} times.", sessions.of(user).await?.len()))
/// }
/// # let _: Router = Router::new().route("/devices", get(devices));
/// ```
///
/// A type of the application needs `Display`, for `login`, and `FromStr`. An owner that is not a `T` is a 500, and an error in
/// the log that names the type.
#[doc(alias("extractor", "user", "identity", "AuthSession"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a handler takes the owner out of it by a pattern")]
pub struct Owner<T = String>(pub T);

impl<T: FromStr, S: Send + Sync> FromRequestParts<S> for Owner<T> {
    type Rejection = SessionFailure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, SessionFailure> {
        let owner = <Option<Self> as FromRequestParts<S>>::from_request_parts(parts, state).await?;
        owner.ok_or_else(|| SessionError::from(SignInRequired::NotSignedIn).into())
    }
}

impl<T: FromStr, S: Send + Sync> OptionalFromRequestParts<S> for Owner<T> {
    type Rejection = SessionFailure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, SessionFailure> {
        let session = <Session as FromRequestParts<S>>::from_request_parts(parts, state).await?;
        Ok(session.owner_as()?.map(Self))
    }
}
