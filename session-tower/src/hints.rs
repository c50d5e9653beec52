use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// Tells about mistakes in the set-up of an application, each once for a layer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Hints {
    told: Arc<Told>,
}

#[derive(Debug, Default)]
struct Told {
    nested: AtomicBool,
}

impl Hints {
    /// Another layer of the same kind is around this one.
    pub(crate) fn nested(&self, kind: &str) {
        if once(&self.told.nested) {
            tracing::warn!(
                target: "alo_session",
                kind,
                "two session layers are around one service, and what the outer one's session gets is not what the inner one's \
                 has: clone one layer for both places, or give one of them its own kind and cookie with `kind`"
            );
        }
    }
}

fn once(told: &AtomicBool) -> bool {
    !told.swap(true, Ordering::Relaxed)
}
