use std::sync::OnceLock;

/// A value that belongs to the process that was the first to use it. After a fork, the child would share its sockets, and the
/// replies on them, with the parent.
pub(crate) struct OfProcess<T> {
    id: OnceLock<u32>,
    value: T,
    /// That of a child, and of its children.
    #[cfg(feature = "blocking")]
    forked: OnceLock<Box<Self>>,
}

impl<T> OfProcess<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self {
            id: OnceLock::new(),
            value,
            #[cfg(feature = "blocking")]
            forked: OnceLock::new(),
        }
    }

    /// `None` in a child of the process that it belongs to.
    pub(crate) fn get(&self) -> Option<&T> {
        let id = std::process::id();
        (*self.id.get_or_init(|| id) == id).then_some(&self.value)
    }

    /// In a child, a value of its own. That of the parent is left alone, with its locks and its sockets.
    #[cfg(feature = "blocking")]
    pub(crate) fn get_or_make(&self, make: &dyn Fn() -> T) -> &T {
        self.get().unwrap_or_else(|| {
            let forked = self.forked.get_or_init(|| Box::new(Self::new(make())));
            forked.get_or_make(make)
        })
    }
}
