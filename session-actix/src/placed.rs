use std::{cell::RefCell, rc::Rc, sync::Arc};

use actix_web::{HttpMessage as _, HttpRequest, dev::ServiceRequest};
use session_http::{Kind, RequestSession};

use crate::{Session, SessionFailure, head::Asked, options::Options};

/// The session of a request and what belongs to it.
pub(crate) struct Slot {
    pub(crate) request: Arc<RequestSession>,
    pub(crate) options: Arc<Options>,
    /// Why an extractor failed on the side of the server. actix-web keeps that from a handler that takes an `Option`.
    failed: RefCell<Option<SessionFailure>>,
}

impl Slot {
    /// Loads the session.
    pub(crate) async fn load<K>(&self, request: &HttpRequest) -> Result<Session<K>, SessionFailure> {
        if let Some(session) = self.request.loaded() {
            return Ok(Session::new(session));
        }
        let network = self.options.network(request);
        Ok(Session::new(self.request.load(&Asked(request.head()), network).await?))
    }

    /// Notes that an extractor has failed.
    pub(crate) fn note(&self, failure: &SessionFailure) {
        if failure.status().is_server_error() {
            *self.failed.borrow_mut() = Some(failure.clone());
        }
    }

    /// Returns why an extractor failed on the side of the server, if one did.
    pub(crate) fn failed(&self) -> Option<SessionFailure> {
        self.failed.borrow().clone()
    }
}

/// The slot of one kind, as it lies among the extensions of a request.
pub(crate) struct Placed<K> {
    slot: Rc<Slot>,
    _kind: Kind<K>,
}

impl<K: 'static> Placed<K> {
    /// Lays a new slot among the extensions of the request, unless one of the same middleware is there.
    pub(crate) fn place(request: &ServiceRequest, options: &Arc<Options>) -> Option<Rc<Slot>> {
        let outer = Self::find(request.request()).filter(|outer| !outer.request.is_answered());
        if let Some(outer) = outer {
            if Arc::ptr_eq(&outer.options, options) {
                return None;
            }
            options.sessions.hint_nested(std::any::type_name::<K>());
        }
        let slot = Rc::new(Slot {
            request: Arc::new(options.begin(request.request())),
            options: Arc::clone(options),
            failed: RefCell::new(None),
        });
        request.extensions_mut().insert(Self { slot: Rc::clone(&slot), _kind: Kind::new() });
        Some(slot)
    }

    /// Returns the slot, if a middleware laid it there.
    pub(crate) fn find(request: &HttpRequest) -> Option<Rc<Slot>> {
        request.extensions().get::<Self>().map(|placed| Rc::clone(&placed.slot))
    }

    /// Returns the slot that the middleware laid there.
    pub(crate) fn slot(request: &HttpRequest) -> Result<Rc<Slot>, SessionFailure> {
        Self::find(request).ok_or_else(|| {
            session_http::SessionFailure::missing_layer::<K>("SessionMiddleware::new(…)").into()
        })
    }
}
