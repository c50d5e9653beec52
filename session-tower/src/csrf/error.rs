use std::fmt;

use http::StatusCode;

/// Why [`CsrfLayer`](crate::CsrfLayer) refused a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CsrfError {
    /// A page of another site sent the request.
    CrossSite,
    /// The request has no token.
    MissingToken,
    /// The token is not that of the session.
    WrongToken,
    /// The form is larger than the layer buffers.
    FormTooLarge,
    /// The form ended before it was complete.
    Unreadable,
}

impl CsrfError {
    pub(crate) const fn status(self) -> StatusCode {
        match self {
            Self::CrossSite | Self::MissingToken | Self::WrongToken => StatusCode::FORBIDDEN,
            Self::FormTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unreadable => StatusCode::BAD_REQUEST,
        }
    }

    /// Returns the message for the visitor.
    pub(crate) const fn sentence(self) -> &'static str {
        match self {
            Self::CrossSite => "The request comes from another site and was refused.",
            Self::MissingToken => {
                "The form lacks the token (field `_csrf`, or header `X-CSRF-Token`) that every form of this site carries, and \
                 was refused. Please load the page again and repeat it."
            }
            Self::WrongToken => {
                "The form is out of date or from another session, and was refused. Please load the page again and repeat it."
            }
            Self::FormTooLarge => "The form is too large to be checked for its CSRF token, and was refused.",
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
