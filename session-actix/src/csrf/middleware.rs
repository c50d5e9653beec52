use std::{
    fmt,
    future::{Ready, ready},
    sync::Arc,
};

use actix_web::{
    Error, HttpRequest,
    body::{EitherBody, MessageBody},
    dev::{Service, ServiceRequest, ServiceResponse, Transform},
    http::header::HeaderName,
};
use session_http::{CsrfError, CsrfRules, Kind, Main, OriginError};

use super::{CsrfService, options::CsrfOptions};

/// Refuses requests that another site makes the visitor's browser send. It belongs inside a
/// [`SessionMiddleware`](crate::SessionMiddleware), which means that it is wrapped before it: of two calls of `wrap`, the second is
/// outside.
///
/// [`CsrfRules`] says what is checked of which request, and where the token must be. The handler gets the whole payload, as it came.
/// The second half of a double click on "sign in" comes with the id and token from before the first half; it passes for a minute, and
/// its session stores nothing but a sign-in.
///
/// The response to a refused request is a 403, to the form of an owner who is not signed in any more that of a page which requires
/// a sign-in, to a form over the limit a 413, to a failed load the error response of the
/// session middleware. [`CsrfError`] names the reason; the log has it with the headers that were compared and the cure.
///
/// ```
/// use actix_web::{App, web};
/// use alo_session::actix::{CsrfMiddleware, SessionMiddleware};
/// # let sessions = SessionMiddleware::new(alo_session::MemoryStore::new(), Default::default());
/// let app = App::new()
///     .wrap(CsrfMiddleware::new().exempt(|request| request.path().starts_with("/webhooks/")))
///     .wrap(sessions)
///     .route("/order", web::post().to(async || "ordered"));
/// ```
#[doc(alias("middleware", "xsrf"))]
#[must_use = "a middleware does nothing until it is added"]
pub struct CsrfMiddleware<K = Main> {
    options: Arc<CsrfOptions>,
    kind: Kind<K>,
}

impl CsrfMiddleware {
    /// The default of [`form_limit`](Self::form_limit): 64 KiB.
    pub const FORM_LIMIT: usize = CsrfRules::FORM_LIMIT;

    /// Creates a middleware that checks origin and token.
    pub fn new() -> Self {
        Self::with_rules(CsrfRules::new())
    }

    /// Creates a middleware that checks the origin alone. Forms need no token, and no session is loaded; it works without a
    /// [`SessionMiddleware`](crate::SessionMiddleware).
    ///
    /// A browser that sends neither `Sec-Fetch-Site` nor `Origin` is protected by `SameSite` alone. No browser of the last five
    /// years is one, unless a proxy or an extension removes the headers.
    pub fn origin_only() -> Self {
        Self::with_rules(CsrfRules::origin_only())
    }

    /// Creates a middleware that checks the token alone, for a service that gets neither the `Host` nor the `Origin` of its browsers.
    /// Handshakes of websockets are checked for their origin all the same, as they have no token.
    pub fn token_only() -> Self {
        Self::with_rules(CsrfRules::token_only())
    }

    fn with_rules(rules: CsrfRules) -> Self {
        let options = CsrfOptions { rules, exempt: None, unprotected: None, let_through: None };
        Self { options: Arc::new(options), kind: Kind::new() }
    }
}

impl<K> CsrfMiddleware<K> {
    /// Makes it a middleware for the sessions of another kind. See [`Main`]. If two kinds stand before one handler, give the two
    /// two names of [fields](Self::field) and headers.
    pub fn kind<Other>(self) -> CsrfMiddleware<Other> {
        CsrfMiddleware { options: self.options, kind: Kind::new() }
    }

    /// Allows requests from pages of another origin. They still need the token.
    ///
    /// An origin is a scheme, a host and a port, such as `https://app.example` or `http://nas.lan:8080`; case, a default port
    /// and a slash at the end do not matter. `https://*.shop.example` allows every host that is one label longer than the rest;
    /// a customer whose pages are on one of them is then allowed too.
    ///
    /// ```
    /// # use alo_session::actix::CsrfMiddleware;
    /// let csrf = CsrfMiddleware::new().allow_origin("https://app.example")?;
    /// assert!(csrf.allow_origin("app.example").unwrap_err().to_string().contains("scheme"));
    /// # Ok::<(), alo_session::actix::OriginError>(())
    /// ```
    ///
    /// # Errors
    /// [`OriginError`] if no browser sends such an origin; it names the value and the cure.
    pub fn allow_origin(self, origin: impl AsRef<str>) -> Result<Self, OriginError> {
        let rules = self.options.rules.clone().allow_origin(origin.as_ref())?;
        Ok(self.with(|options| options.rules = rules))
    }

    /// Allows `Origin: null`, which pages send that hide their origin (`Referrer-Policy: no-referrer`, privacy modes), that have
    /// none (files), and that another site shows in a sandboxed frame. So it says nothing, and the token alone protects. Where no
    /// token is checked, `null` passes only without `Sec-Fetch-Site`, which means old browsers and plain HTTP.
    pub fn allow_null_origin(self) -> Self {
        self.with_changed_rules(CsrfRules::allow_null_origin)
    }

    /// Sets the name of the form field. Default: [`CsrfToken::FIELD`](crate::CsrfToken::FIELD). The field of a
    /// [`CsrfToken`](crate::CsrfToken) follows.
    pub fn field(self, name: impl Into<Arc<str>>) -> Self {
        self.with_changed_rules(|rules| rules.field(name))
    }

    /// Sets the name of the header, such as `x-xsrf-token` for Angular. Default: [`CsrfToken::HEADER`](crate::CsrfToken::HEADER).
    pub fn header(self, name: HeaderName) -> Self {
        self.with_changed_rules(|rules| rules.header(name.as_str()))
    }

    /// Sets the greatest size of an urlencoded form in bytes. A larger one is refused. Default:
    /// [`FORM_LIMIT`](Self::FORM_LIMIT).
    pub fn form_limit(self, bytes: usize) -> Self {
        self.with_changed_rules(|rules| rules.form_limit(bytes))
    }

    /// Sets how many bytes of a multipart form are read to find its token. Default: the [form limit](Self::form_limit).
    #[doc(alias("multipart", "upload"))]
    pub fn multipart_limit(self, bytes: usize) -> Self {
        self.with_changed_rules(|rules| rules.multipart_limit(bytes))
    }

    /// Chooses requests that need no token. Their origin is checked all the same, which programs pass, as they send none.
    ///
    /// A client that proves itself by a header that browsers do not send by themselves, and that has no cookie, needs none:
    ///
    /// ```
    /// # use alo_session::actix::CsrfMiddleware;
    /// let csrf = CsrfMiddleware::new().exempt(|request| {
    ///     request.headers().contains_key("authorization") && !request.headers().contains_key("cookie")
    /// });
    /// ```
    pub fn exempt(self, is_exempt: impl Fn(&HttpRequest) -> bool + Send + Sync + 'static) -> Self {
        self.with(|options| options.exempt = Some(Arc::new(is_exempt)))
    }

    /// Chooses requests that pass with no check at all, also from pages of other sites, such as the way back from an identity or
    /// payment provider. Their handlers must check for themselves who sends them. If the provider's origin is known,
    /// [`allow_origin`](Self::allow_origin) with [`exempt`](Self::exempt) is better.
    pub fn unprotected(self, is_unprotected: impl Fn(&HttpRequest) -> bool + Send + Sync + 'static) -> Self {
        self.with(|options| options.unprotected = Some(Arc::new(is_unprotected)))
    }

    /// Chooses refused requests that reach their handler all the same, so that it can show the form again with what was typed.
    /// The handler must ask [`CsrfVerdict`](crate::CsrfVerdict), which has an example. Default: none. A form that ended before it
    /// was complete is never let through.
    pub fn let_through(
        self,
        choose: impl Fn(CsrfError, &HttpRequest) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.with(|options| options.let_through = Some(Arc::new(choose)))
    }

    fn with_changed_rules(self, change: impl FnOnce(CsrfRules) -> CsrfRules) -> Self {
        self.with(|options| options.rules = change(options.rules.clone()))
    }

    fn with(mut self, change: impl FnOnce(&mut CsrfOptions)) -> Self {
        change(Arc::make_mut(&mut self.options));
        self
    }
}

impl Default for CsrfMiddleware {
    fn default() -> Self {
        Self::new()
    }
}

impl<S, B, K> Transform<S, ServiceRequest> for CsrfMiddleware<K>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
    K: 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = CsrfService<S, K>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(CsrfService::new(inner, Arc::clone(&self.options))))
    }
}

impl<K> Clone for CsrfMiddleware<K> {
    fn clone(&self) -> Self {
        Self { options: Arc::clone(&self.options), kind: self.kind }
    }
}

impl<K> fmt::Debug for CsrfMiddleware<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CsrfMiddleware").field("options", &self.options).field("kind", &self.kind).finish()
    }
}
