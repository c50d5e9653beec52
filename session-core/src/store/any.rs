use std::{any::Any, fmt, future::Future, pin::Pin, sync::Arc};

use super::{Adapter, Answer, BlockingStore, Call, Store, StoreError};

/// A store whose type is chosen when the program runs, from its configuration. Cheap to clone.
///
/// Each operation allocates once more than the store itself does, unless the store is [`Immediate`](super::Immediate). The blocking counterpart is
/// `Arc<dyn BlockingStore>`, which is a [`BlockingStore`](super::BlockingStore) itself.
///
/// ```
/// use alo_session::{SessionConfig, driver::Sessions, store::{AnyStore, Store}};
///
/// fn chosen(in_memory: bool, memory: impl Store, redis: impl Store) -> Sessions<AnyStore> {
///     let store = if in_memory { AnyStore::new(memory) } else { AnyStore::new(redis) };
///     Sessions::new(store, SessionConfig::default())
/// }
/// ```
#[derive(Clone)]
pub struct AnyStore(Arc<dyn Erased>);

impl AnyStore {
    /// The store without its type.
    #[must_use]
    pub fn new(store: impl Store) -> Self {
        Self::from(Arc::new(store))
    }
}

impl<S: Store> From<Arc<S>> for AnyStore {
    /// An `AnyStore` within is taken out, so that an operation never allocates twice.
    fn from(store: Arc<S>) -> Self {
        match (&*store as &dyn Any).downcast_ref::<Self>() {
            Some(erased) => erased.clone(),
            None => Self(store),
        }
    }
}

impl fmt::Debug for AnyStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnyStore").finish_non_exhaustive()
    }
}

type Pending<'a> = Pin<Box<dyn Future<Output = Result<Answer, StoreError>> + Send + 'a>>;

/// A [`Store`] that can be a trait object.
trait Erased: Send + Sync + 'static {
    fn perform<'a>(&'a self, call: Call<'a>) -> Pending<'a>;

    fn immediate(&self) -> Option<&dyn BlockingStore>;
}

impl<S: Store> Erased for S {
    fn perform<'a>(&'a self, call: Call<'a>) -> Pending<'a> {
        Box::pin(Store::perform(self, call))
    }

    fn immediate(&self) -> Option<&dyn BlockingStore> {
        Store::immediate(self)
    }
}

impl Adapter for AnyStore {
    async fn forward(&self, call: Call<'_>) -> Result<Answer, StoreError> {
        self.0.perform(call).await
    }

    fn immediate(&self) -> Option<&dyn BlockingStore> {
        Erased::immediate(&*self.0)
    }
}
