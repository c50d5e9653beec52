use std::sync::Arc;

use tower_layer::Layer;

use super::{CsrfService, origin, rules::Rules};

/// Refuses requests that another site makes the visitor's browser send. It belongs inside a
/// [`SessionLayer`](crate::SessionLayer).
///
/// Requests with a safe method (GET, HEAD, OPTIONS, TRACE) pass unchecked, so their handlers must not change anything that
/// matters. Every other request must pass two checks:
///
/// 1. **Origin.** `Sec-Fetch-Site` must be `same-origin` or `none`; without it, the host of `Origin` must be that of the
///    request. [Allowed](Self::allow_origin) origins always pass. A request with neither header passes. Schemes are not
///    compared without `Sec-Fetch-Site`, because a service behind a proxy does not know its own; use HSTS.
/// 2. **Token.** The [`CsrfToken`](crate::CsrfToken) of the session must be in the header `X-CSRF-Token`, or else in the field
///    `_csrf` of an `application/x-www-form-urlencoded` body. Such a body is buffered and passed on unchanged. Bodies of other
///    types, such as `multipart/form-data`, need the header.
///
/// The response to a refused request is a 403, to a form over the [limit](Self::form_limit) a 413, to a failed load the error
/// response of the session layer. It needs no `Vary: Sec-Fetch-Site, Origin`: no cache serves the response to an unsafe method
/// to another request (RFC 9110, section 9.2.3 and RFC 9111, section 4), and it is also `no-store`.
///
/// ```
/// # use axum::{Router, routing::{get, post}};
/// # use session_memory::MemoryStore;
/// # use session_tower::{CsrfLayer, SessionLayer};
/// # let sessions = SessionLayer::new(MemoryStore::new(), Default::default());
/// let app: Router = Router::new()
///     .route("/order", post(|| async { "ordered" }))
///     .layer(CsrfLayer::new().exempt(|path| path.starts_with("/webhooks/")))
///     .layer(sessions);
/// ```
#[derive(Debug, Clone)]
#[must_use = "a layer does nothing until it is added"]
pub struct CsrfLayer {
    rules: Arc<Rules>,
}

impl CsrfLayer {
    /// The default of [`form_limit`](Self::form_limit): 64 KiB.
    pub const FORM_LIMIT: usize = 64 * 1024;

    /// Creates a layer that protects every path.
    pub fn new() -> Self {
        let rules = Rules { allowed: Vec::new(), form_limit: Self::FORM_LIMIT, exempt: None };
        Self { rules: Arc::new(rules) }
    }

    /// Allows requests from pages of another origin, such as `https://app.example`. They still need the token.
    pub fn allow_origin(self, origin: impl AsRef<str>) -> Self {
        self.with(|rules| rules.allowed.push(origin::normalized(origin.as_ref())))
    }

    /// Sets the greatest size of a form in bytes. A larger one is refused. Default: [`FORM_LIMIT`](Self::FORM_LIMIT).
    pub fn form_limit(self, bytes: usize) -> Self {
        self.with(|rules| rules.form_limit = bytes)
    }

    /// Excludes paths from protection, such as webhooks whose callers sign their requests. The path is that of the request,
    /// neither decoded nor normalized; in a nested axum router it has no prefix.
    pub fn exempt(self, is_exempt: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        self.with(|rules| rules.exempt = Some(Arc::new(is_exempt)))
    }

    fn with(mut self, change: impl FnOnce(&mut Rules)) -> Self {
        change(Arc::make_mut(&mut self.rules));
        self
    }
}

impl Default for CsrfLayer {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Layer<T> for CsrfLayer {
    type Service = CsrfService<T>;

    fn layer(&self, inner: T) -> CsrfService<T> {
        CsrfService::new(inner, Arc::clone(&self.rules))
    }
}
