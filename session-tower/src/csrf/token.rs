use std::{fmt, ops::Deref};

use session_http::Kind;

use crate::{Main, Session};

/// The token that a form needs to pass [`CsrfLayer`](crate::CsrfLayer). As an axum extractor it loads the session.
///
/// It derefs to [`session_http::CsrfToken`], which describes it. Make the text before the response: the cookie that goes with the
/// form of a visitor cannot follow its head.
///
/// ```
/// use alo_session::{CsrfToken, SessionFailure};
///
/// async fn page(token: CsrfToken) -> Result<String, SessionFailure> {
///     Ok(format!(r#"<form method="post">{}<button>Order</button></form>"#, token.input()?))
/// }
/// ```
#[doc(alias("xsrf", "hidden_field"))]
pub struct CsrfToken<K = Main> {
    token: session_http::CsrfToken,
    kind: Kind<K>,
}

impl CsrfToken {
    /// The name of the token in the [tokens](session_core::OpenSession::tokens) of the session.
    pub const NAME: &'static str = session_http::CsrfToken::NAME;
    /// The form field with the token, unless [`CsrfLayer::field`](crate::CsrfLayer::field) names another.
    pub const FIELD: &'static str = session_http::CsrfToken::FIELD;
    /// The header with the token, for requests that are not forms, unless [`CsrfLayer::header`](crate::CsrfLayer::header) names
    /// another.
    pub const HEADER: &'static str = session_http::CsrfToken::HEADER;

    /// Returns the token of the session, for a field with the default name.
    #[must_use]
    pub fn new(session: &session_core::OpenSession) -> Self {
        Self { token: session_http::CsrfToken::new(session), kind: Kind::new() }
    }
}

impl<K> CsrfToken<K> {
    /// Returns the token of the session of a request, for a field with the name that the layer of the request uses.
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
