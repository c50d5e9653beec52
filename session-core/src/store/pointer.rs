//! Stores behind `Arc` and `Box`.
//!
//! `Box<S>` is no `Store`, because another crate may make its own `Box<S>` [`Immediate`], and the two implementations would
//! overlap.

use std::{future::Future, sync::Arc};

use super::{Adapter, Answer, BlockingAdapter, BlockingStore, Call, Immediate, Store, StoreError};

impl<S: Store> Adapter for Arc<S> {
    fn forward(&self, call: Call<'_>) -> impl Future<Output = Result<Answer, StoreError>> + Send {
        (**self).perform(call)
    }

    fn immediate(&self) -> Option<&dyn BlockingStore> {
        Store::immediate(&**self)
    }
}

impl<S: BlockingStore + ?Sized> BlockingAdapter for Arc<S> {
    fn forward(&self, call: Call<'_>) -> Result<Answer, StoreError> {
        (**self).perform(call)
    }
}

impl<S: BlockingStore + ?Sized> BlockingAdapter for Box<S> {
    fn forward(&self, call: Call<'_>) -> Result<Answer, StoreError> {
        (**self).perform(call)
    }
}

impl<S: Immediate + ?Sized> Immediate for Box<S> {}
