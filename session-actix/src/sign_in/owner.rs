/// Who is signed in: the name that was given to [`login`](session_core::OpenSession::login), as the type of the application's
/// ids.
///
/// Anybody else gets a 401, or is sent to the [sign-in page](crate::SessionMiddleware::sign_in_page). `Option<Owner>` is `None` then.
///
/// ```
/// use alo_session::actix::{Owner, OwnerSessions, SessionFailure};
///
/// async fn devices(Owner(user): Owner<u64>, sessions: OwnerSessions) -> Result<String, SessionFailure> {
///     Ok(format!("User {user} is signed in {} times.", sessions.of(user).await?.len()))
/// }
/// # let _ = actix_web::App::new().route("/devices", actix_web::web::get().to(devices));
/// ```
///
/// A type of the application needs `Display`, for `login`, and `FromStr`. An owner that is not a `T` is a 500, and an error in
/// the log that names the type.
#[doc(alias("extractor", "user", "identity", "Identity"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a handler takes the owner out of it by a pattern")]
pub struct Owner<T = String>(pub T);
