use std::{fmt, sync::Arc};

use http::HeaderName;
use session_http::{CsrfRules, Kind};
use tower_layer::Layer;

use super::{CsrfService, protection::Protection};
use crate::{CsrfError, Main, OriginError, RequestHead};

/// Refuses requests that another site makes the visitor's browser send. It belongs inside a
/// [`SessionLayer`](crate::SessionLayer).
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
/// **Token.** A text of [`CsrfToken`](crate::CsrfToken) must be in the [header](Self::header) `X-CSRF-Token`, or else in the
/// [field](Self::field) `_csrf` of a form. An urlencoded form is read as a whole, up to the [limit](Self::form_limit). Of a
/// multipart form only a [beginning](Self::multipart_limit) is read, so the field must stand before the files. The handler gets
/// the whole body, as it came. Bodies of other types, such as JSON, need the header. The second half of a double click on "sign
/// in" comes with the id and token from before the first half; it passes for a minute, and its session stores nothing but a
/// sign-in.
///
/// The response to a refused request is a 403, to the form of an owner who is not signed in any more that of a page which requires
/// a sign-in, to a form over the limit a 413, to a failed load the error response of the
/// session layer. [`CsrfError`](crate::CsrfError) names the reason; the log has it with the headers that were compared and the
/// cure. It needs no `Vary: Sec-Fetch-Site, Origin`: no cache serves the response to an unsafe method to another request (RFC
/// 9110, section 9.2.3 and RFC 9111, section 4), and it is also `no-store`.
///
/// ```
/// # use axum::{Router, routing::{get, post}};
/// # use alo_session::{CsrfLayer, MemoryStore, SessionLayer};
/// # let sessions = SessionLayer::new(MemoryStore::new(), Default::default());
/// let app: Router = Router::new()
///     .route("/order", post(|| async { "ordered" }))
///     .layer(CsrfLayer::new().exempt(|head| head.uri.path().starts_with("/webhooks/")))
///     .layer(sessions);
/// ```
#[doc(alias("middleware", "xsrf"))]
#[must_use = "a layer does nothing until it is added"]
pub struct CsrfLayer<K = Main> {
    protection: Arc<Protection>,
    kind: Kind<K>,
}

impl CsrfLayer {
    /// The default of [`form_limit`](Self::form_limit): 64 KiB.
    pub const FORM_LIMIT: usize = CsrfRules::FORM_LIMIT;

    /// Creates a layer that checks origin and token.
    pub fn new() -> Self {
        Self::with_rules(CsrfRules::new())
    }

    /// Creates a layer that checks the origin alone, as `CrossOriginProtection` of Go 1.25 and `tower_http::csrf` do. Forms need
    /// no token, and no session is loaded; the layer works without a [`SessionLayer`](crate::SessionLayer).
    ///
    /// A browser that sends neither `Sec-Fetch-Site` nor `Origin` is protected by `SameSite` alone. No browser of the last five
    /// years is one, unless a proxy or an extension removes the headers.
    pub fn origin_only() -> Self {
        Self::with_rules(CsrfRules::origin_only())
    }

    /// Creates a layer that checks the token alone, for a service that gets neither the `Host` nor the `Origin` of its browsers.
    /// Handshakes of websockets are checked for their origin all the same, as they have no token.
    pub fn token_only() -> Self {
        Self::with_rules(CsrfRules::token_only())
    }

    fn with_rules(rules: CsrfRules) -> Self {
        let protection = Protection { rules, exempt: None, unprotected: None, let_through: None };
        Self { protection: Arc::new(protection), kind: Kind::new() }
    }
}

impl<K> CsrfLayer<K> {
    /// Makes it a layer for the sessions of another kind. See [`Main`]. If two kinds stand before one handler, give the two
    /// layers two names of [fields](Self::field) and headers.
    pub fn kind<Other>(self) -> CsrfLayer<Other> {
        CsrfLayer { protection: self.protection, kind: Kind::new() }
    }

    /// Allows requests from pages of another origin. They still need the token.
    ///
    /// An origin is a scheme, a host and a port, such as `https://app.example` or `http://nas.lan:8080`; case, a default port
    /// and a slash at the end do not matter. `https://*.shop.example` allows every host that is one label longer than the rest;
    /// a customer whose pages are on one of them is then allowed too.
    ///
    /// ```
    /// # use alo_session::CsrfLayer;
    /// let layer = CsrfLayer::new().allow_origin("https://app.example")?;
    /// assert!(layer.allow_origin("app.example").unwrap_err().to_string().contains("scheme"));
    /// # Ok::<(), alo_session::layer::OriginError>(())
    /// ```
    ///
    /// # Errors
    /// [`OriginError`] if no browser sends such an origin; it names the value and the cure.
    pub fn allow_origin(self, origin: impl AsRef<str>) -> Result<Self, OriginError> {
        let rules = self.protection.rules.clone().allow_origin(origin.as_ref())?;
        Ok(self.rules(|_| rules))
    }

    /// Allows `Origin: null`, which pages send that hide their origin (`Referrer-Policy: no-referrer`, privacy modes), that have
    /// none (files), and that another site shows in a sandboxed frame. So it says nothing, and the token alone protects. Where no
    /// token is checked, `null` passes only without `Sec-Fetch-Site`, which means old browsers and plain HTTP.
    pub fn allow_null_origin(self) -> Self {
        self.rules(CsrfRules::allow_null_origin)
    }

    /// Sets the name of the form field. Default: [`CsrfToken::FIELD`](crate::CsrfToken::FIELD).
    /// [`CsrfToken::input`](session_http::CsrfToken::input) of an extractor follows.
    pub fn field(self, name: impl Into<String>) -> Self {
        self.rules(|rules| rules.field(name.into()))
    }

    /// Sets the name of the header, such as `x-xsrf-token` for Angular. Default: [`CsrfToken::HEADER`](crate::CsrfToken::HEADER).
    pub fn header(self, name: HeaderName) -> Self {
        self.rules(|rules| rules.header(name.as_str()))
    }

    /// Sets the greatest size of an urlencoded form in bytes. A larger one is refused. Default:
    /// [`FORM_LIMIT`](Self::FORM_LIMIT).
    pub fn form_limit(self, bytes: usize) -> Self {
        self.rules(|rules| rules.form_limit(bytes))
    }

    /// Sets how many bytes of a multipart form are read to find its token. Default: the [form limit](Self::form_limit).
    #[doc(alias("multipart", "upload"))]
    pub fn multipart_limit(self, bytes: usize) -> Self {
        self.rules(|rules| rules.multipart_limit(bytes))
    }

    /// Chooses requests that need no token, by their head: method, target, headers, extensions. Their origin is checked all the
    /// same, which programs pass, as they send none. In a nested axum router the path has no prefix; it is neither decoded nor
    /// normalized.
    ///
    /// A client that proves itself by a header that browsers do not send by themselves, and that has no cookie, needs none:
    ///
    /// ```
    /// # use alo_session::CsrfLayer;
    /// use http::header::{AUTHORIZATION, COOKIE};
    ///
    /// let layer = CsrfLayer::new()
    ///     .exempt(|head| head.headers.contains_key(AUTHORIZATION) && !head.headers.contains_key(COOKIE));
    /// ```
    pub fn exempt(self, is_exempt: impl Fn(RequestHead<'_>) -> bool + Send + Sync + 'static) -> Self {
        self.with(|protection| protection.exempt = Some(Arc::new(is_exempt)))
    }

    /// Chooses requests that pass with no check at all, also from pages of other sites, such as the way back from an identity or
    /// payment provider. Their handlers must check for themselves who sends them. If the provider's origin is known,
    /// [`allow_origin`](Self::allow_origin) with [`exempt`](Self::exempt) is better.
    pub fn unprotected(
        self,
        is_unprotected: impl Fn(RequestHead<'_>) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.with(|protection| protection.unprotected = Some(Arc::new(is_unprotected)))
    }

    /// Chooses refused requests that reach their handler all the same, so that it can show the form again with what was typed.
    /// The handler must ask [`CsrfVerdict`](crate::CsrfVerdict), which has an example. Default: none. A form that ended before it
    /// was complete is never let through.
    pub fn let_through(
        self,
        choose: impl Fn(CsrfError, RequestHead<'_>) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.with(|protection| protection.let_through = Some(Arc::new(choose)))
    }

    fn rules(self, change: impl FnOnce(CsrfRules) -> CsrfRules) -> Self {
        self.with(|protection| protection.rules = change(protection.rules.clone()))
    }

    fn with(mut self, change: impl FnOnce(&mut Protection)) -> Self {
        change(Arc::make_mut(&mut self.protection));
        self
    }
}

impl Default for CsrfLayer {
    fn default() -> Self {
        Self::new()
    }
}

impl<K> Clone for CsrfLayer<K> {
    fn clone(&self) -> Self {
        Self { protection: Arc::clone(&self.protection), kind: self.kind }
    }
}

impl<K> fmt::Debug for CsrfLayer<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CsrfLayer").field("protection", &self.protection).field("kind", &self.kind).finish()
    }
}

impl<T, K> Layer<T> for CsrfLayer<K> {
    type Service = CsrfService<T, K>;

    fn layer(&self, inner: T) -> CsrfService<T, K> {
        CsrfService::new(inner, Arc::clone(&self.protection))
    }
}
