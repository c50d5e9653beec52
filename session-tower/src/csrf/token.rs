use std::fmt;

use session_core::{ValueError, session::TokenText};

/// The token that a page must carry for its forms to pass [`CsrfLayer`](crate::CsrfLayer); as an axum extractor it loads
/// the session.
///
/// It is a synchronizer token: its value is kept in the session, never in a cookie or URL. Each text is masked anew, so
/// that compression of a page gives nothing away, and all of them are good until somebody signs in or out. Texts
/// made after that in the same request are already the new ones.
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
    session: session_core::Session,
}

impl CsrfToken {
    /// The name of the token among the [tokens](session_core::Session::tokens) of the session.
    pub const NAME: &'static str = "csrf";
    /// The form field that carries it.
    pub const FIELD: &'static str = "_csrf";
    /// The header that carries it, for requests that are no forms.
    pub const HEADER: &'static str = "x-csrf-token";

    /// The token of this session.
    #[must_use]
    pub fn new(session: &session_core::Session) -> Self {
        Self { session: session.clone() }
    }

    /// A text of the token, made and kept in the session if there is none yet.
    ///
    /// # Errors
    /// [`ValueError`] if the source of entropy fails, a limit would be passed, or the session was destroyed.
    pub fn text(&self) -> Result<TokenText, ValueError> {
        self.session.tokens().text(Self::NAME)
    }

    /// A text of the token as a hidden `<input>`, ready to be put into a form.
    ///
    /// # Errors
    /// As for [`text`](Self::text).
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
