//! One object-safe shape for both kinds of store, so that each case is written once.

mod blocking;
mod cross;
mod erased;
mod kind;
mod nonblocking;

use std::{future::Future, pin::Pin, time::Duration};

pub(crate) use blocking::Blocking;
pub(crate) use cross::Cross;
pub(crate) use erased::Erased;
pub(crate) use kind::FaceKind;
pub(crate) use nonblocking::Nonblocking;
use session_core::{
    id::{Digest, Family, StoreKey},
    store::{
        Cap, CommitOutcome, CreateOutcome, DeleteOutcome, Revision, RotateOutcome, StoreError, Stored,
        TouchOutcome, Write,
    },
};

/// The answer of a store, now or later.
pub(crate) type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// The store contract as an object.
pub(crate) trait Face: Send + Sync {
    fn load<'a>(&'a self, key: &'a StoreKey) -> Answer<'a, Option<Stored>>;

    fn create<'a>(
        &'a self,
        key: &'a StoreKey,
        write: Write<'a>,
        cap: Option<Cap>,
    ) -> Answer<'a, CreateOutcome>;

    fn commit<'a>(
        &'a self,
        key: &'a StoreKey,
        expected: Revision,
        write: Write<'a>,
    ) -> Answer<'a, CommitOutcome>;

    fn touch<'a>(&'a self, key: &'a StoreKey, expected: Revision, ttl: Duration) -> Answer<'a, TouchOutcome>;

    fn rotate<'a>(
        &'a self,
        from: &'a StoreKey,
        expected: Revision,
        to: &'a StoreKey,
        write: Write<'a>,
        tombstone: Option<Write<'a>>,
    ) -> Answer<'a, RotateOutcome>;

    fn delete<'a>(
        &'a self,
        key: &'a StoreKey,
        expected: Option<Revision>,
        tombstone: Option<Write<'a>>,
    ) -> Answer<'a, DeleteOutcome>;

    fn list<'a>(&'a self, family: &'a Family) -> Answer<'a, Vec<(Digest, Stored)>>;

    fn revoke<'a>(&'a self, family: &'a Family, keep: Option<&'a Digest>) -> Answer<'a, u64>;

    fn sweep(&self, limit: u32) -> Answer<'_, u64>;
}
