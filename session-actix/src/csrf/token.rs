use std::{fmt, ops::Deref};

use session_core::OpenSession;
use session_http::{Kind, Main};

use crate::Session;

/// The token that a form needs to pass the [`CsrfMiddleware`](crate::CsrfMiddleware). As an extractor it loads the session.
///
/// It derefs to [`session_http::CsrfToken`], which has the methods.
///
/// ```
/// use alo_session::actix::{CsrfToken, SessionFailure};
///
/// async fn page(token: CsrfToken) -> Result<String, SessionFailure> {
///     Ok(format!(r#"<form method="post">{}<button>Order</button></form>"#, token.input()?))
/// }
/// # let _ = actix_web::App::new().route("/", actix_web::web::get().to(page));
/// ```
#[doc(alias("xsrf", "hidden_field"))]
pub struct CsrfToken<K = Main> {
    token: session_http::CsrfToken,
    kind: Kind<K>,
}

impl CsrfToken {
    /// The name of the token in the [tokens](OpenSession::tokens) of the session.
    pub const NAME: &'static str = session_http::CsrfToken::NAME;
    /// The form field with the token, unless [`CsrfMiddleware::field`](crate::CsrfMiddleware::field) names another.
    pub const FIELD: &'static str = session_http::CsrfToken::FIELD;
    /// The header with the token, for requests that are not forms, unless
    /// [`CsrfMiddleware::header`](crate::CsrfMiddleware::header) names another.
    pub const HEADER: &'static str = session_http::CsrfToken::HEADER;

    /// Returns the token of the session, for a field with the default name.
    #[must_use]
    pub fn new(session: &OpenSession) -> Self {
        Self { token: session_http::CsrfToken::new(session), kind: Kind::new() }
    }
}

impl<K> CsrfToken<K> {
    /// Returns the token of the session of a request, for a field with the name that its middleware uses.
    #[must_use]
    pub fn of(session: &Session<K>) -> Self {
        Self { token: session_http::CsrfToken::of(session), kind: Kind::new() }
    }
}

impl<K> Deref for CsrfToken<K> {
    type Target = session_http::CsrfToken;

    fn deref(&self) -> &session_http::CsrfToken {
        &self.token
    }
}

impl<K> Clone for CsrfToken<K> {
    fn clone(&self) -> Self {
        Self { token: self.token.clone(), kind: self.kind }
    }
}

impl<K> fmt::Debug for CsrfToken<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.token.fmt(f)
    }
}
