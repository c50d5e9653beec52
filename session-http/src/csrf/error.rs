use std::fmt;

use http::StatusCode;

/// Why the [CSRF protection](crate::CsrfRules) refused a request. Its `Display` is meant for the visitor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CsrfError {
    /// A page of another site sent the request.
    CrossSite,
    /// The request has no token.
    MissingToken,
    /// The session of the token is gone: it expired or was ended, or the browser sent no cookie for it. So the token cannot be
    /// checked.
    SessionGone,
    /// The page is from before a sign-in, a sign-out or another change of rights in this browser, for example in another tab.
    Superseded,
    /// The token is not that of the session: it is forged, or older than one change of rights.
    WrongToken,
    /// The form is larger than the layer buffers.
    FormTooLarge,
    /// The token is not within the beginning of the multipart form that the layer reads.
    TokenTooLate,
    /// The form ended before it was complete.
    Unreadable,
}

impl CsrfError {
    pub(crate) const fn status(self) -> StatusCode {
        match self {
            Self::CrossSite
            | Self::MissingToken
            | Self::SessionGone
            | Self::Superseded
            | Self::WrongToken
            | Self::TokenTooLate => StatusCode::FORBIDDEN,
            Self::FormTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unreadable => StatusCode::BAD_REQUEST,
        }
    }

    /// Returns the message for the visitor.
    pub(crate) const fn sentence(self) -> &'static str {
        match self {
            Self::CrossSite => "The request comes from another site and was refused.",
            Self::MissingToken => {
                "The form lacks the token (by default the field `_csrf`, or the header `X-CSRF-Token`) that every form of this \
                 site carries, and was refused. Please load the page again and repeat it."
            }
            Self::SessionGone => {
                "The session of this form has ended, or the browser keeps no cookies, so the form was refused. Please load the \
                 page again and repeat it."
            }
            Self::Superseded => {
                "The form is out of date: you have signed in or out since, perhaps in another tab. It was refused. Please load \
                 the page again and repeat it."
            }
            Self::WrongToken => {
                "The form is out of date or from another session, and was refused. Please load the page again and repeat it."
            }
            Self::FormTooLarge => "The form is too large to be checked for its CSRF token, and was refused.",
            Self::TokenTooLate => {
                "The form has its CSRF token behind its files, where it is not looked for, and was refused."
            }
            Self::Unreadable => "The form could not be read to its end.",
        }
    }
}

impl fmt::Display for CsrfError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sentence())
    }
}

impl std::error::Error for CsrfError {}
