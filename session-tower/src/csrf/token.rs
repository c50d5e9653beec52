use std::{fmt, sync::Arc};

use session_core::{SessionError, session::TokenText};

use crate::{Main, RequestHead, Session, kind::Kind};

/// The token that a form needs to pass [`CsrfLayer`](crate::CsrfLayer). As an axum extractor it loads the session.
///
/// In a session that is stored it is a synchronizer token: its value is kept in the session, never in a cookie or URL. A
/// visitor whose session is not stored gets a token that needs none: [`Tokens::form_text`](session_core::session::Tokens)
/// describes it and the second cookie that goes with it. So a page with a form stores nothing, however many robots look at it.
///
/// Each text is masked anew, so that the compressed size of a page reveals nothing. All texts are valid until the next sign-in
/// or sign-out. Texts that the same request makes after that belong to the new token. Make the text before the response: the
/// second cookie cannot follow its head.
///
/// ```
/// use session_tower::{CsrfToken, SessionFailure};
///
/// async fn page(token: CsrfToken) -> Result<String, SessionFailure> {
///     Ok(format!(r#"<form method="post">{}<button>Order</button></form>"#, token.input()?))
/// }
/// ```
pub struct CsrfToken<K = Main> {
    session: session_core::OpenSession,
    field: Option<FieldName<K>>,
}

pub(super) const TOKEN_NAME: &str = "csrf";
pub(super) const DEFAULT_FIELD: &str = "_csrf";

/// The name of the form field of one kind, if the layer calls it otherwise than by default.
pub(super) struct FieldName<K> {
    name: Arc<str>,
    kind: Kind<K>,
}

impl<K> FieldName<K> {
    pub(super) fn new(name: &str) -> Self {
        Self { name: name.into(), kind: Kind::new() }
    }
}

impl<K> Clone for FieldName<K> {
    fn clone(&self) -> Self {
        Self { name: Arc::clone(&self.name), kind: self.kind }
    }
}

impl CsrfToken {
    /// The name of the token in the [tokens](session_core::OpenSession::tokens) of the session.
    pub const NAME: &'static str = TOKEN_NAME;
    /// The form field with the token, unless [`CsrfLayer::field`](crate::CsrfLayer::field) names another.
    pub const FIELD: &'static str = DEFAULT_FIELD;
    /// The header with the token, for requests that are not forms, unless [`CsrfLayer::header`](crate::CsrfLayer::header) names
    /// another.
    pub const HEADER: &'static str = "x-csrf-token";

    /// Returns the token of the session, for a field with the default name.
    #[must_use]
    pub fn new(session: &session_core::OpenSession) -> Self {
        Self { session: session.clone(), field: None }
    }
}

impl<K: 'static> CsrfToken<K> {
    /// Returns the token of the session, for a field with the name that the layer of the request uses.
    #[must_use]
    pub fn of_request<'a>(session: &Session<K>, request: impl Into<RequestHead<'a>>) -> Self {
        Self { session: (**session).clone(), field: request.into().extensions.get().cloned() }
    }

    /// Returns a text of the token. The token is created if a stored session has none.
    ///
    /// # Errors
    /// [`SessionError`] if the source of entropy fails, the session would exceed a limit, or it was destroyed.
    pub fn text(&self) -> Result<TokenText, SessionError> {
        self.session.tokens().form_text(TOKEN_NAME)
    }

    /// Returns a hidden `<input>` with a text of the token, to be put into a form, before its files.
    ///
    /// # Errors
    /// See [`text`](Self::text).
    pub fn input(&self) -> Result<String, SessionError> {
        let text = self.text()?;
        let field = self.field.as_ref().map_or(DEFAULT_FIELD, |field| &field.name);
        let field = field.replace('&', "&amp;").replace('"', "&quot;");
        Ok(format!(r#"<input type="hidden" name="{field}" value="{}">"#, text.as_str()))
    }
}

impl<K> Clone for CsrfToken<K> {
    fn clone(&self) -> Self {
        Self { session: self.session.clone(), field: self.field.clone() }
    }
}

impl<K> fmt::Debug for CsrfToken<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CsrfToken(redacted)")
    }
}
