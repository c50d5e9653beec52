use std::sync::OnceLock;

use session_net::process_mark;

/// A value that belongs to the process that was the first to use it. After a fork, the child would share its sockets, and the
/// replies on them, with the parent.
pub(crate) struct OfProcess<T> {
    mark: OnceLock<u64>,
    value: T,
    /// That of a child, and of its children.
    #[cfg(feature = "blocking")]
    forked: OnceLock<Box<Self>>,
}

impl<T> OfProcess<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self {
            mark: OnceLock::new(),
            value,
            #[cfg(feature = "blocking")]
            forked: OnceLock::new(),
        }
    }

    /// `None` in a child of the process that it belongs to.
    pub(crate) fn get(&self) -> Option<&T> {
        let mark = process_mark();
        (*self.mark.get_or_init(|| mark) == mark).then_some(&self.value)
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
