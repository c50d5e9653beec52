use std::{fmt, net::IpAddr, sync::Arc};

use axum_core::body::Body;
use http::Response;
use session_core::config::CookieSettings;
use session_http::{HttpSessions, RequestSession};

use crate::{RequestHead, ResponseHead, SessionFailure};

/// The options of a [`SessionLayer`](crate::SessionLayer), which all requests through it share.
#[derive(Clone)]
pub(crate) struct LayerOptions {
    pub(crate) sessions: HttpSessions,
    pub(crate) network: Option<Arc<FindNetwork>>,
    pub(crate) on_error: Option<Arc<Render>>,
    pub(crate) cookie: Option<Arc<ChooseCookie>>,
    pub(crate) passive_when: Option<Arc<IsPassive>>,
    pub(crate) save_when: Arc<SaveWhen>,
}

pub(crate) type FindNetwork = dyn Fn(RequestHead<'_>) -> Option<IpAddr> + Send + Sync;
pub(crate) type ChooseCookie = dyn Fn(RequestHead<'_>, &mut CookieSettings) + Send + Sync;
pub(crate) type IsPassive = dyn Fn(RequestHead<'_>) -> bool + Send + Sync;
pub(crate) type Render = dyn Fn(&SessionFailure, RequestHead<'_>) -> Response<Body> + Send + Sync;
pub(crate) type SaveWhen = dyn Fn(ResponseHead<'_>) -> bool + Send + Sync;

impl LayerOptions {
    /// Makes the session of a request.
    pub(crate) fn begin(&self, head: RequestHead<'_>) -> RequestSession {
        let mut session = RequestSession::new(&self.sessions);
        if let Some(choose) = &self.cookie {
            session.choose_cookie(|cookie| choose(head, cookie));
        }
        session.set_passive(self.passive_when.as_ref().is_some_and(|is_passive| is_passive(head)));
        session
    }

    pub(crate) fn network(&self, head: RequestHead<'_>) -> Option<IpAddr> {
        self.network.as_ref().and_then(|find| find(head))
    }
}

impl fmt::Debug for LayerOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LayerOptions").field("sessions", &self.sessions).finish_non_exhaustive()
    }
}
