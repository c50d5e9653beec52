use std::sync::Arc;

use tower_layer::Layer;

use super::{CsrfService, origin, rules::Rules};

/// Refuses requests that another site makes a visitor's browser send. Belongs inside a
/// [`SessionLayer`](crate::SessionLayer).
///
/// Requests with a safe method (GET, HEAD, OPTIONS, TRACE) pass untouched, so a handler of one must change nothing that
/// matters. Every other request must pass both of:
///
/// 1. **Where it comes from.** `Sec-Fetch-Site` must be `same-origin` or `none`; a browser that does not send it must
///    send an `Origin` that is the `Host`. [Allowed](Self::allow_origin) origins pass in any case. A request with neither
///    header passes on to 2. Schemes are not compared without `Sec-Fetch-Site`, as a service behind a proxy does not know
///    its own; use HSTS.
/// 2. **What it knows.** The [`CsrfToken`](crate::CsrfToken) of the session, in the header `X-CSRF-Token` or else in the
///    field `_csrf` of an `application/x-www-form-urlencoded` body. Such a body is buffered and handed on unchanged. Bodies
///    of other types, `multipart/form-data` among them, need the header.
///
/// Refused is answered with 403, a form over the [limit](Self::form_limit) with 413, a failed load with the error response
/// of the session layer. This needs no `Vary: Sec-Fetch-Site, Origin`, which is for responses that a cache might hand
/// to another request: what answers an unsafe method is kept for none (RFC 9110, section 9.2.3 and RFC 9111, section 4), and here it
/// is `no-store` besides.
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
    /// How large a form may be by default: 64 KiB.
    pub const FORM_LIMIT: usize = 64 * 1024;

    /// Protection for every path.
    pub fn new() -> Self {
        let rules = Rules { allowed: Vec::new(), form_limit: Self::FORM_LIMIT, exempt: None };
        Self { rules: Arc::new(rules) }
    }

    /// Lets pages of another origin send requests too, such as `https://app.example`. They need the token all the same.
    pub fn allow_origin(self, origin: impl AsRef<str>) -> Self {
        self.with(|rules| rules.allowed.push(origin::normalized(origin.as_ref())))
    }

    /// How many bytes of a form are buffered at most; a larger one is refused. Default [`FORM_LIMIT`](Self::FORM_LIMIT).
    pub fn form_limit(self, bytes: usize) -> Self {
        self.with(|rules| rules.form_limit = bytes)
    }

    /// Paths that are not protected, such as those that other servers call with a signature of their own. The path is
    /// the request's as it stands, neither decoded nor normalized; inside a nested axum router without the nest's prefix.
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
