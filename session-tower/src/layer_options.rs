use std::{fmt, net::IpAddr, sync::Arc};

use axum_core::body::Body;
use http::{Extensions, HeaderMap, Response};
use session_core::{Sessions, Timestamp, store::AnyStore};

use crate::{CachePolicy, SessionFailure};

/// The options of a [`SessionLayer`](crate::SessionLayer), which all requests through it share.
#[derive(Clone)]
pub(crate) struct LayerOptions {
    /// Without the type of the store, so that no handler names it.
    pub(crate) sessions: Sessions<AnyStore>,
    pub(crate) clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    pub(crate) network: Option<Arc<FindNetwork>>,
    pub(crate) on_error: Option<Arc<Render>>,
    pub(crate) cache: CachePolicy,
    pub(crate) save_on_server_error: bool,
}

pub(crate) type FindNetwork = dyn Fn(&HeaderMap, &Extensions) -> Option<IpAddr> + Send + Sync;
pub(crate) type Render = dyn Fn(&SessionFailure) -> Response<Body> + Send + Sync;

impl LayerOptions {
    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    pub(crate) fn network(&self, headers: &HeaderMap, extensions: &Extensions) -> Option<IpAddr> {
        self.network.as_ref().and_then(|find| find(headers, extensions))
    }

    /// The response to a failure: the one of `on_error`, or plain text.
    pub(crate) fn render(&self, failure: &SessionFailure) -> Response<Body> {
        match &self.on_error {
            Some(render) => render(failure),
            None => failure.to_response(),
        }
    }
}

impl fmt::Debug for LayerOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LayerOptions")
            .field("config", self.sessions.context().config())
            .field("cache", &self.cache)
            .field("save_on_server_error", &self.save_on_server_error)
            .finish_non_exhaustive()
    }
}
