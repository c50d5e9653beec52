use std::{fmt, net::IpAddr, sync::Arc};

use bytes::Bytes;
use http::{Extensions, HeaderMap, Response};
use session_core::Timestamp;

use crate::{CachePolicy, SessionFailure, driver::Driver};

/// What all requests through one layer share.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) driver: Arc<dyn Driver>,
    pub(crate) clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    pub(crate) network: Option<Arc<FindNetwork>>,
    pub(crate) on_error: Option<Arc<Render>>,
    pub(crate) cache: CachePolicy,
    pub(crate) save_on_server_error: bool,
}

pub(crate) type FindNetwork = dyn Fn(&HeaderMap, &Extensions) -> Option<IpAddr> + Send + Sync;
pub(crate) type Render = dyn Fn(&SessionFailure) -> Response<Bytes> + Send + Sync;

impl Settings {
    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    pub(crate) fn network(&self, headers: &HeaderMap, extensions: &Extensions) -> Option<IpAddr> {
        self.network.as_ref().and_then(|find| find(headers, extensions))
    }

    /// The response to a failure: the application's, or the plain one.
    pub(crate) fn render<B: From<Bytes>>(&self, failure: &SessionFailure) -> Response<B> {
        match &self.on_error {
            Some(render) => render(failure).map(B::from),
            None => failure.to_response(),
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("config", self.driver.config())
            .field("cache", &self.cache)
            .field("save_on_server_error", &self.save_on_server_error)
            .finish_non_exhaustive()
    }
}
