use std::sync::Arc;

use http::{Extensions, Request};

use crate::{RequestHead, SessionFailure, kind::Kind, layer_options::LayerOptions, slot::Slot};

/// The slot of one kind, as it lies among the extensions of a request.
#[derive(Debug)]
pub(crate) struct Placed<K> {
    slot: Arc<Slot>,
    kind: Kind<K>,
}

impl<K> Clone for Placed<K> {
    fn clone(&self) -> Self {
        Self { slot: Arc::clone(&self.slot), kind: self.kind }
    }
}

impl<K: 'static> Placed<K> {
    /// Lays a new slot among the extensions of the request, unless one of the same layer is there.
    pub(crate) fn place<B>(request: &mut Request<B>, options: &Arc<LayerOptions>) -> Option<Arc<Slot>> {
        if let Some(outer) = request.extensions().get::<Self>().filter(|outer| !outer.slot.is_answered()) {
            if Arc::ptr_eq(outer.slot.options(), options) {
                return None;
            }
            options.hints.nested(std::any::type_name::<K>());
        }
        let slot = Arc::new(Slot::new(Arc::clone(options), RequestHead::from(&*request)));
        request.extensions_mut().insert(Self { slot: Arc::clone(&slot), kind: Kind::new() });
        Some(slot)
    }

    /// Returns the slot, if a layer laid it there.
    pub(crate) fn find(extensions: &Extensions) -> Option<&Arc<Slot>> {
        extensions.get::<Self>().map(|placed| &placed.slot)
    }

    /// Returns the slot that the layer laid there.
    pub(crate) fn slot(extensions: &Extensions) -> Result<&Arc<Slot>, SessionFailure> {
        Self::find(extensions).ok_or_else(SessionFailure::missing_layer::<K>)
    }
}
