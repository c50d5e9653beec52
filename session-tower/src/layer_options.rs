use std::{fmt, net::IpAddr, sync::Arc};

use axum_core::body::Body;
use http::{Response, StatusCode, header::LOCATION};
use session_core::{
    Sessions, Timestamp,
    config::{CookieSettings, FingerprintProperty},
    store::AnyStore,
};

use crate::{CachePolicy, RequestHead, ResponseHead, SessionFailure, request::Hints, sign_in};

/// The options of a [`SessionLayer`](crate::SessionLayer), which all requests through it share.
#[derive(Clone)]
pub(crate) struct LayerOptions {
    /// Without the type of the store, so that no handler names it.
    pub(crate) sessions: Sessions<AnyStore>,
    pub(crate) clock: Arc<Clock>,
    pub(crate) network: Option<Arc<FindNetwork>>,
    pub(crate) on_error: Option<Arc<Render>>,
    pub(crate) sign_in_page: Option<Arc<str>>,
    pub(crate) cache: CachePolicy,
    pub(crate) cookie: Option<Arc<ChooseCookie>>,
    pub(crate) passive_when: Option<Arc<IsPassive>>,
    pub(crate) save_when: Arc<SaveWhen>,
    pub(crate) hints: Hints,
}

pub(crate) type Clock = dyn Fn() -> Timestamp + Send + Sync;
pub(crate) type FindNetwork = dyn Fn(RequestHead<'_>) -> Option<IpAddr> + Send + Sync;
pub(crate) type ChooseCookie = dyn Fn(RequestHead<'_>, &mut CookieSettings) + Send + Sync;
pub(crate) type IsPassive = dyn Fn(RequestHead<'_>) -> bool + Send + Sync;
pub(crate) type Render = dyn Fn(&SessionFailure, RequestHead<'_>) -> Response<Body> + Send + Sync;
pub(crate) type SaveWhen = dyn Fn(ResponseHead<'_>) -> bool + Send + Sync;

impl LayerOptions {
    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    pub(crate) fn network(&self, head: RequestHead<'_>) -> Option<IpAddr> {
        self.network.as_ref().and_then(|find| find(head))
    }

    /// Whether the fingerprint has a property that no request can show.
    pub(crate) fn lacks_network(&self) -> bool {
        let properties = &self.sessions.context().config().fingerprint.properties;
        self.network.is_none() && properties.contains(&FingerprintProperty::Network)
    }

    /// Returns the way to the sign-in page, for a browser whose failure is that somebody must sign in.
    pub(crate) fn way_to_sign_in(
        &self,
        failure: &SessionFailure,
        head: RequestHead<'_>,
    ) -> Option<Response<Body>> {
        let page = self.sign_in_page.as_ref().filter(|_| failure.requires_sign_in())?;
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::SEE_OTHER;
        response.headers_mut().insert(LOCATION, sign_in::location(page, head)?);
        Some(response)
    }

    /// Returns the attributes of the cookie that the application chose for this request, if it did.
    pub(crate) fn cookie(&self, head: RequestHead<'_>) -> Option<Box<CookieSettings>> {
        let (choose, configured) = (self.cookie.as_ref()?, &self.sessions.context().config().cookie);
        let mut chosen = Box::new(configured.clone());
        choose(head, &mut chosen);
        let problem = match chosen.check() {
            Err(error) => error.to_string(),
            Ok(()) if chosen.name != configured.name => "cookie.name must be the configured one".to_owned(),
            Ok(()) => return Some(chosen),
        };
        tracing::error!(
            target: "alo_session",
            %problem,
            "the cookie of this request cannot be as `SessionLayer::cookie` wishes; the configured one is used"
        );
        None
    }
}

impl fmt::Debug for LayerOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LayerOptions")
            .field("config", self.sessions.context().config())
            .field("cache", &self.cache)
            .finish_non_exhaustive()
    }
}
