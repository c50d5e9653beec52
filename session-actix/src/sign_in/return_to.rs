use std::ops::Deref;

/// Where the visitor wanted to go before the sign-in: the parameter `next` in the query of the request, if it is a
/// [path of this site](crate::own_path).
///
/// A [sign-in page](crate::SessionMiddleware::sign_in_page) is asked for with it. A form without an `action` is sent to where its
/// page was, so the handler that signs in has it too.
///
/// ```
/// use actix_web::{Responder, web::{self, Redirect}};
/// use alo_session::actix::{ReturnTo, Session, SessionFailure};
///
/// async fn sign_in(session: Session, back: ReturnTo) -> Result<impl Responder, SessionFailure> {
///     session.login("user-42")?; // after the password was checked
///     Ok(Redirect::to(back.or("/").to_owned()).see_other())
/// }
/// # let _ = actix_web::App::new().route("/sign-in", web::post().to(sign_in));
/// ```
#[doc(alias("next", "redirect"))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnTo(pub(crate) session_http::ReturnTo);

impl Deref for ReturnTo {
    type Target = session_http::ReturnTo;

    fn deref(&self) -> &session_http::ReturnTo {
        &self.0
    }
}
