use std::{fmt, net::IpAddr, sync::Arc};

use actix_web::{HttpRequest, HttpResponse, dev::RequestHead};
use session_core::config::CookieSettings;
use session_http::{HttpSessions, RequestSession};

use crate::{ResponseHead, SessionFailure};

/// The options of a [`SessionMiddleware`](crate::SessionMiddleware), which all requests through it share.
#[derive(Clone)]
pub(crate) struct Options {
    pub(crate) sessions: HttpSessions,
    pub(crate) network: Option<Arc<FindNetwork>>,
    pub(crate) on_error: Option<Arc<Render>>,
    pub(crate) cookie: Option<Arc<ChooseCookie>>,
    pub(crate) passive_when: Option<Arc<IsPassive>>,
    pub(crate) save_when: Arc<SaveWhen>,
}

pub(crate) type FindNetwork = dyn Fn(&HttpRequest) -> Option<IpAddr> + Send + Sync;
pub(crate) type ChooseCookie = dyn Fn(&HttpRequest, &mut CookieSettings) + Send + Sync;
pub(crate) type IsPassive = dyn Fn(&HttpRequest) -> bool + Send + Sync;
pub(crate) type Render = dyn Fn(&SessionFailure, &RequestHead) -> HttpResponse + Send + Sync;
pub(crate) type SaveWhen = dyn Fn(ResponseHead<'_>) -> bool + Send + Sync;

impl Options {
    /// Makes the session of a request.
    pub(crate) fn begin(&self, request: &HttpRequest) -> RequestSession {
        let mut session = RequestSession::new(&self.sessions);
        if let Some(choose) = &self.cookie {
            session.choose_cookie(|cookie| choose(request, cookie));
        }
        if let Some(is_passive) = &self.passive_when {
            session.set_passive(is_passive(request));
        }
        session
    }

    pub(crate) fn network(&self, request: &HttpRequest) -> Option<IpAddr> {
        self.network.as_ref().and_then(|find| find(request))
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options").field("sessions", &self.sessions).finish_non_exhaustive()
    }
}
