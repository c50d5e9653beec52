use std::{any::Any, fmt, time::Duration};

use session_core::{
    id::{Family, StoreKey},
    store::{AnyStore, BlockingStore, Store},
};

use crate::api::OffTheRuntime;

/// A freshly opened store with the APIs that it has, and what the kit may do to it besides the contract.
///
/// Dropped when the case ends, the [guard](Self::with_guard) last.
///
/// ```
/// use session_testkit::{ModelStore, Opened};
///
/// let store = ModelStore::new();
/// let (clock, corrupt) = (store.clock(), store.clone());
/// let opened = Opened::blocking(store)
///     .with_clock(move |time| clock.advance(time))
///     .with_corruption(move |key| corrupt.corrupt(key));
/// # let _ = opened;
/// ```
pub struct Opened {
    pub(crate) nonblocking: Option<AnyStore>,
    pub(crate) blocking: Option<AnyStore>,
    pub(crate) hooks: Hooks,
}

type Hook<T> = Option<Box<dyn Fn(&T) + Send + Sync>>;

/// What a fixture lets the kit do to its store. The guard is the last field, so that it is dropped last.
#[derive(Default)]
pub(crate) struct Hooks {
    pub(crate) clock: Hook<Duration>,
    pub(crate) corrupt: Hook<StoreKey>,
    pub(crate) lose_index: Hook<Family>,
    guard: Option<Box<dyn Any + Send + Sync>>,
}

impl Opened {
    /// A store with the asynchronous API only.
    #[must_use]
    pub fn nonblocking(store: impl Store) -> Self {
        Self { nonblocking: Some(AnyStore::new(store)), blocking: None, hooks: Hooks::default() }
    }

    /// A store with the blocking API only. It is called on plain threads, outside any runtime.
    #[must_use]
    pub fn blocking(store: impl BlockingStore) -> Self {
        Self {
            nonblocking: None,
            blocking: Some(AnyStore::new(OffTheRuntime(store))),
            hooks: Hooks::default(),
        }
    }

    /// A store with both APIs *over the same records*: every case runs through each API, and again with one
    /// API writing and the other reading.
    #[must_use]
    pub fn both(nonblocking: impl Store, blocking: impl BlockingStore) -> Self {
        Self { blocking: Some(AnyStore::new(OffTheRuntime(blocking))), ..Self::nonblocking(nonblocking) }
    }

    /// How to let time pass for the store, whose clock otherwise stands still. Without this the kit waits.
    #[must_use]
    pub fn with_clock(mut self, pass: impl Fn(Duration) + Send + Sync + 'static) -> Self {
        self.hooks.clock = Some(Box::new(move |time| pass(*time)));
        self
    }

    /// How to overwrite the record under a key with something that is not a record of this store (FAULT-4), by
    /// the backend's own means. Leave it out where nothing like that can be stored.
    #[must_use]
    pub fn with_corruption(mut self, corrupt: impl Fn(&StoreKey) + Send + Sync + 'static) -> Self {
        self.hooks.corrupt = Some(Box::new(corrupt));
        self
    }

    /// How to lose the index of a family and keep its records (FAMILY-2). Leave it out where no index is kept
    /// apart from the records.
    #[must_use]
    pub fn with_index_loss(mut self, lose: impl Fn(&Family) + Send + Sync + 'static) -> Self {
        self.hooks.lose_index = Some(Box::new(lose));
        self
    }

    /// Something to keep until the case has ended: a directory, a server, a namespace that its `Drop` removes.
    #[must_use]
    pub fn with_guard(mut self, guard: impl Any + Send + Sync) -> Self {
        self.hooks.guard = Some(Box::new(guard));
        self
    }
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opened")
            .field("nonblocking", &self.nonblocking.is_some())
            .field("blocking", &self.blocking.is_some())
            .field("clock", &self.hooks.clock.is_some())
            .field("corruption", &self.hooks.corrupt.is_some())
            .field("index_loss", &self.hooks.lose_index.is_some())
            .finish_non_exhaustive()
    }
}
