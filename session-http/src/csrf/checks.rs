/// What the [CSRF protection](crate::CsrfRules) must check of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CsrfChecks {
    pub(super) origin: bool,
    pub(super) token: bool,
    /// The request has a header that no page of another site can send.
    pub(super) by_header: bool,
}

impl CsrfChecks {
    /// Nothing is checked, and the request passes.
    pub const NONE: Self = Self { origin: false, token: false, by_header: false };

    /// Returns whether its token must be checked, for which its session is loaded.
    #[must_use]
    pub const fn has_token(self) -> bool {
        self.token
    }
}
