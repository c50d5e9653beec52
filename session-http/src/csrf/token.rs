use std::{fmt, sync::Arc};

use session_core::{OpenSession, SessionError, session::TokenText};

use crate::Session;

/// The token that a form needs to pass the [CSRF protection](crate::CsrfRules).
///
/// In a session that is stored it is a synchronizer token: its value is kept in the session, never in a cookie or URL. A
/// visitor whose session is not stored gets a token that needs none: [`Tokens::form_text`](session_core::session::Tokens)
/// describes it and the second cookie that goes with it. So a page with a form stores nothing, however many robots look at it.
///
/// Each text is masked anew, so that the compressed size of a page reveals nothing. All texts are valid until the next sign-in
/// or sign-out. Texts that the same request makes after that belong to the new token. Make the text before the response: the
/// second cookie cannot follow its head.
#[derive(Clone)]
pub struct CsrfToken {
    session: OpenSession,
    field: Option<Arc<str>>,
}

impl CsrfToken {
    /// The name of the token in the [tokens](OpenSession::tokens) of the session.
    pub const NAME: &'static str = "csrf";
    /// The form field with the token, unless [`CsrfRules::field`](crate::CsrfRules::field) names another.
    pub const FIELD: &'static str = "_csrf";
    /// The header with the token, for requests that are not forms, unless [`CsrfRules::header`](crate::CsrfRules::header) names
    /// another.
    pub const HEADER: &'static str = "x-csrf-token";

    /// Returns the token of the session, for a field with the default name.
    #[must_use]
    pub fn new(session: &OpenSession) -> Self {
        Self { session: session.clone(), field: None }
    }

    /// Returns the token of the session of a request, for a field with the name that its protection uses.
    #[must_use]
    pub fn of(session: &Session) -> Self {
        Self { session: (**session).clone(), field: session.request().field() }
    }

    /// Returns a text of the token. The token is created if a stored session has none.
    ///
    /// # Errors
    /// [`SessionError`] if the source of entropy fails, the session would exceed a limit, or it was destroyed.
    pub fn text(&self) -> Result<TokenText, SessionError> {
        self.session.tokens().form_text(Self::NAME)
    }

    /// Returns a hidden `<input>` with a text of the token, to be put into a form, before its files.
    ///
    /// # Errors
    /// See [`text`](Self::text).
    pub fn input(&self) -> Result<String, SessionError> {
        let text = self.text()?;
        let field = self.field.as_deref().unwrap_or(Self::FIELD);
        let field = field.replace('&', "&amp;").replace('"', "&quot;");
        Ok(format!(r#"<input type="hidden" name="{field}" value="{}">"#, text.as_str()))
    }
}

impl fmt::Debug for CsrfToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CsrfToken(redacted)")
    }
}
