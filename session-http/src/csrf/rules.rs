use std::sync::Arc;

use session_core::{
    SessionError,
    session::{Arrival, TokenText, TokenVerdict},
};

use super::{
    CsrfChecks, CsrfError, CsrfRefusal, CsrfToken, FormReader, OriginError, TokenSearch, allowed::Allowed,
    origin, request_kind::RequestKind,
};
use crate::{
    Head, RequestSession, Session,
    request::{first, text},
};

/// The rules of the protection against requests that another site makes the visitor's browser send, without any I/O.
///
/// | request | is checked for |
/// |---|---|
/// | safe method (GET, HEAD, OPTIONS, TRACE) | nothing, so its handler must not change anything that matters |
/// | handshake of a websocket (GET with `Upgrade`; CONNECT over HTTP/2 and 3) | its origin |
/// | any other | its origin and its token; [`origin_only`](Self::origin_only) and [`token_only`](Self::token_only) check one |
///
/// **Origin.** `Sec-Fetch-Site` must be `same-origin` or `none`; without it, the host of `Origin` must be that of the request,
/// port included. [Allowed](Self::allow_origin) origins always pass. A request with neither header passes: it comes from a
/// program or an old browser. `Origin: null` does not pass. Schemes are not compared without `Sec-Fetch-Site`, because a
/// service behind a proxy does not know its own; use HSTS. Browsers send no `Sec-Fetch-Site` over plain HTTP, nor did Safari
/// before version 16.4.
///
/// **Token.** A text of [`CsrfToken`] must be in the [header](Self::header) `X-CSRF-Token`, or else in the
/// [field](Self::field) `_csrf` of a form. An urlencoded form is read as a whole, up to the [limit](Self::form_limit). Of a
/// multipart form only a [beginning](Self::multipart_limit) is read, so the field must stand before the files. Bodies of other
/// types, such as JSON, need the header. A request that carries its id in a
/// [header](session_core::config::Settings::id_header) needs no token: no page of another site can send that header, and the
/// cookies that a browser adds do not count.
///
/// The form of an owner who is not signed in any more fails as a page that requires a sign-in, and not with a [`CsrfError`]:
/// nobody did anything wrong, and the sign-in is the way on. Its handler is not reached either.
///
/// A middleware goes through the steps in this order, with the body of its framework. The handler must get the whole body.
///
/// ```
/// # use std::sync::Arc;
/// use session_http::{CsrfRefusal, CsrfRules, Head, RequestSession, TokenSearch};
/// use session_core::SessionError;
///
/// async fn check(
///     rules: &CsrfRules,
///     head: &impl Head,
///     session: &Arc<RequestSession>,
///     mut body: impl Iterator<Item = Vec<u8>>,
/// ) -> Result<Result<(), CsrfRefusal>, SessionError> {
///     let Some(checks) = rules.checks(head, Some(session), || false, || false) else { return Ok(Ok(())) };
///     match rules.check_origin(head, checks) {
///         Ok(()) if checks.has_token() => {}
///         verdict => return Ok(verdict),
///     }
///     let mut search = rules.search(head, 0);
///     while let TokenSearch::More(reader) = search {
///         search = match body.next() {
///             Some(piece) => reader.feed(&piece),
///             None => reader.end(),
///         };
///     }
///     // The session is loaded even if no token was found, because a form of this site counts as a use.
///     let session = session.load(head, None).await?;
///     rules.check_token(head, &session, search)
/// }
/// ```
#[derive(Debug, Clone)]
pub struct CsrfRules {
    by_origin: bool,
    by_token: bool,
    allowed: Allowed,
    pub(super) field: Arc<str>,
    pub(super) header: Arc<str>,
    form_limit: usize,
    multipart_limit: Option<usize>,
}

impl CsrfRules {
    /// The default of [`form_limit`](Self::form_limit): 64 KiB.
    pub const FORM_LIMIT: usize = 64 * 1024;

    /// Checks origin and token.
    #[must_use]
    pub fn new() -> Self {
        Self::checking(true, true)
    }

    /// Checks the origin alone. Forms need no token, and no session is loaded.
    #[must_use]
    pub fn origin_only() -> Self {
        Self::checking(true, false)
    }

    /// Checks the token alone, for a service that gets neither the `Host` nor the `Origin` of its browsers. Handshakes of
    /// websockets are checked for their origin all the same, as they have no token.
    #[must_use]
    pub fn token_only() -> Self {
        Self::checking(false, true)
    }

    fn checking(by_origin: bool, by_token: bool) -> Self {
        Self {
            by_origin,
            by_token,
            allowed: Allowed::default(),
            field: CsrfToken::FIELD.into(),
            header: CsrfToken::HEADER.into(),
            form_limit: Self::FORM_LIMIT,
            multipart_limit: None,
        }
    }

    /// Allows requests from pages of another origin. They still need the token.
    ///
    /// An origin is a scheme, a host and a port, such as `https://app.example` or `http://nas.lan:8080`; case, a default port
    /// and a slash at the end do not matter. `https://*.shop.example` allows every host that is one label longer than the rest.
    ///
    /// # Errors
    /// [`OriginError`] if no browser sends such an origin; it names the value and the cure.
    pub fn allow_origin(mut self, origin: &str) -> Result<Self, OriginError> {
        self.allowed.add(origin)?;
        Ok(self)
    }

    /// Allows `Origin: null`. Where no token is checked, it passes only without `Sec-Fetch-Site`: every site can make its pages
    /// send it.
    #[must_use]
    pub fn allow_null_origin(mut self) -> Self {
        self.allowed.null = true;
        self
    }

    /// Sets the name of the form field. Default: [`CsrfToken::FIELD`].
    #[must_use]
    pub fn field(mut self, name: impl Into<Arc<str>>) -> Self {
        self.field = name.into();
        self
    }

    /// Sets the name of the header. Default: [`CsrfToken::HEADER`].
    #[must_use]
    pub fn header(mut self, name: &str) -> Self {
        self.header = name.to_ascii_lowercase().into();
        self
    }

    /// Sets the greatest size of an urlencoded form in bytes. A larger one is refused. Default:
    /// [`FORM_LIMIT`](Self::FORM_LIMIT).
    #[must_use]
    pub fn form_limit(mut self, bytes: usize) -> Self {
        self.form_limit = bytes;
        self
    }

    /// Sets how many bytes of a multipart form are read to find its token. Default: the [form limit](Self::form_limit).
    #[must_use]
    pub fn multipart_limit(mut self, bytes: usize) -> Self {
        self.multipart_limit = Some(bytes);
        self
    }

    /// Returns whether the request must not change anything by its method, and so needs no verdict.
    #[must_use]
    pub fn is_safe(head: &impl Head) -> bool {
        RequestKind::of(head) == RequestKind::Safe
    }

    /// Returns what must be checked of the request; `None` if it needs no verdict. To be called for each request, with its session
    /// if there is one, whose forms learn how their field is called. `unprotected` says whether the application lets the request
    /// pass unchecked, and `exempt` whether it needs no token.
    pub fn checks(
        &self,
        head: &impl Head,
        session: Option<&RequestSession>,
        unprotected: impl FnOnce() -> bool,
        exempt: impl FnOnce() -> bool,
    ) -> Option<CsrfChecks> {
        if let Some(session) = session.filter(|_| *self.field != *CsrfToken::FIELD) {
            session.set_field(&self.field);
        }
        let kind = RequestKind::of(head);
        if kind == RequestKind::Safe {
            return None;
        }
        if unprotected() {
            return Some(CsrfChecks::NONE);
        }
        let by_header = session.is_some_and(|session| session.is_by_header(head));
        let is_handshake = kind == RequestKind::Handshake;
        Some(CsrfChecks {
            origin: is_handshake || self.by_origin,
            token: !is_handshake && !by_header && self.by_token && !exempt(),
            by_header,
        })
    }

    /// Checks the origin, if it must be checked.
    ///
    /// # Errors
    /// [`CsrfRefusal`] if a page of another site sent the request.
    pub fn check_origin(&self, head: &impl Head, checks: CsrfChecks) -> Result<(), CsrfRefusal> {
        if checks.origin {
            origin::check(head, &self.allowed, checks.token || checks.by_header)
                .map_err(CsrfRefusal::foreign)?;
        }
        Ok(())
    }

    /// Begins to look for the token: in the header, else in the body. `least_size` is the least number of bytes that the body has,
    /// as far as the framework knows it, so that a form that is too large is refused before it is read.
    #[must_use]
    pub fn search(&self, head: &impl Head, least_size: u64) -> TokenSearch {
        if let Some(value) = first(head, &self.header) {
            return match text(value) {
                Some(text) => TokenSearch::Found(text.to_owned()),
                None => TokenSearch::Refused(CsrfError::WrongToken),
            };
        }
        let multipart_limit = self.multipart_limit.unwrap_or(self.form_limit);
        FormReader::search(head, &self.field, [self.form_limit, multipart_limit], least_size)
    }

    /// Compares what was found with the token of the session.
    ///
    /// # Errors
    /// The outer error is a failure of the session, the inner one a request that does not pass.
    pub fn check_token(
        &self,
        head: &impl Head,
        session: &Session,
        found: TokenSearch,
    ) -> Result<Result<(), CsrfRefusal>, SessionError> {
        let (verdict, is_owners) = match found {
            TokenSearch::Found(text) => (compare(session, &text)?, TokenText::is_for_owner(&text)),
            TokenSearch::Refused(error) => (Err(error), false),
            TokenSearch::More(_) => (Err(CsrfError::Unreadable), false),
        };
        Ok(verdict.map_err(|error| {
            let refusal = CsrfRefusal::of(error, head, session);
            if is_owners && session.owner().is_none() { refusal.requiring_sign_in() } else { refusal }
        }))
    }
}

impl Default for CsrfRules {
    fn default() -> Self {
        Self::new()
    }
}

/// Compares the text with the token of the session.
fn compare(session: &Session, text: &str) -> Result<Result<(), CsrfError>, SessionError> {
    Ok(match session.tokens().check(CsrfToken::NAME, text)? {
        TokenVerdict::Good => Ok(()),
        TokenVerdict::Superseded => Err(CsrfError::Superseded),
        TokenVerdict::Missing if session.is_new() && session.arrival() != Arrival::Superseded => {
            Err(CsrfError::SessionGone)
        }
        // The session, or what a sign-out left of it, is not the one of the token any more.
        TokenVerdict::Missing => Err(CsrfError::Superseded),
        _ => Err(CsrfError::WrongToken),
    })
}
