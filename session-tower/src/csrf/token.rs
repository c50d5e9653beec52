use std::fmt;

use session_core::{ValueError, session::TokenText};

/// The token that a form needs to pass [`CsrfLayer`](crate::CsrfLayer). As an axum extractor it loads the session.
///
/// It is a synchronizer token: its value is kept in the session, never in a cookie or URL. Each text is masked anew, so that
/// the compressed size of a page reveals nothing. All texts are valid until the next sign-in or sign-out. Texts that the same
/// request makes after that belong to the new token.
///
/// ```
/// use session_tower::{CsrfToken, SessionFailure};
///
/// async fn page(token: CsrfToken) -> Result<String, SessionFailure> {
///     Ok(format!(r#"<form method="post">{}<button>Order</button></form>"#, token.input()?))
/// }
/// ```
#[derive(Clone)]
pub struct CsrfToken {
    session: session_core::OpenSession,
}

impl CsrfToken {
    /// The name of the token in the [tokens](session_core::OpenSession::tokens) of the session.
    pub const NAME: &'static str = "csrf";
    /// The form field with the token.
    pub const FIELD: &'static str = "_csrf";
    /// The header with the token, for requests that are not forms.
    pub const HEADER: &'static str = "x-csrf-token";

    /// Returns the token of the session.
    #[must_use]
    pub fn new(session: &session_core::OpenSession) -> Self {
        Self { session: session.clone() }
    }

    /// Returns a text of the token. The token is created if the session has none.
    ///
    /// # Errors
    /// [`ValueError`] if the source of entropy fails, the session would exceed a limit, or it was destroyed.
    pub fn text(&self) -> Result<TokenText, ValueError> {
        self.session.tokens().text(Self::NAME)
    }

    /// Returns a hidden `<input>` with a text of the token, to be put into a form.
    ///
    /// # Errors
    /// See [`text`](Self::text).
    pub fn input(&self) -> Result<String, ValueError> {
        let text = self.text()?;
        Ok(format!(r#"<input type="hidden" name="{}" value="{}">"#, Self::FIELD, text.as_str()))
    }
}

impl fmt::Debug for CsrfToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CsrfToken(redacted)")
    }
}
