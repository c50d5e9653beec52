use std::sync::Arc;

use http::{Extensions, Request};
use session_core::SessionError;
use session_http::{Kind, RequestSession};

use crate::{RequestHead, Session, SessionFailure, layer_options::LayerOptions};

/// The session of one kind, as it lies among the extensions of a request.
#[derive(Debug)]
pub(crate) struct Placed<K> {
    pub(crate) request: Arc<RequestSession>,
    pub(crate) options: Arc<LayerOptions>,
    kind: Kind<K>,
}

impl<K> Clone for Placed<K> {
    fn clone(&self) -> Self {
        let (request, options) = (Arc::clone(&self.request), Arc::clone(&self.options));
        Self { request, options, kind: self.kind }
    }
}

impl<K: 'static> Placed<K> {
    /// Lays a new session among the extensions of the request, unless one of the same layer is there.
    pub(crate) fn place<B>(request: &mut Request<B>, options: &Arc<LayerOptions>) -> Option<Self> {
        if let Some(outer) = request.extensions().get::<Self>().filter(|outer| !outer.request.is_answered()) {
            if Arc::ptr_eq(&outer.options, options) {
                return None;
            }
            options.sessions.hint_nested(std::any::type_name::<K>());
        }
        let session = Arc::new(options.begin(RequestHead::from(&*request)));
        let placed = Self { request: session, options: Arc::clone(options), kind: Kind::new() };
        request.extensions_mut().insert(placed.clone());
        Some(placed)
    }

    /// Returns the session, if a layer laid it there.
    pub(crate) fn find(extensions: &Extensions) -> Option<&Self> {
        extensions.get()
    }

    /// Returns the session that the layer laid there.
    pub(crate) fn get(extensions: &Extensions) -> Result<&Self, SessionFailure> {
        Self::find(extensions).ok_or_else(SessionFailure::missing_layer::<K>)
    }

    /// Returns the loaded session.
    pub(crate) async fn load(&self, head: RequestHead<'_>) -> Result<Session<K>, SessionError> {
        let session = match self.request.loaded() {
            Some(session) => session,
            None => self.request.load(&head, self.options.network(head)).await?,
        };
        Ok(Session::new(session))
    }
}
