//! The store contract: what a backend promises, and the two traits that say it.
//!
//! A store keeps *bytes under keys with a deadline and a revision*, and nothing else. It knows neither codec, policy,
//! fingerprint nor clock. Expected outcomes are values ([`CommitOutcome::Conflict`], [`CreateOutcome::Exists`], …). A
//! [`StoreError`] is a failure and never means that there is no such session.
//!
//! [`Store`] is the asynchronous API and the contract, [`BlockingStore`] the same for blocking programs. A backend
//! implements whichever it can do natively; the rules in [`contract`] bind both. One operation as a value is a [`Call`],
//! its result an [`Answer`]: whatever stands in front of a store is an [`Adapter`], one function over all operations.
//!
//! | you have | you want | use |
//! |---|---|---|
//! | a `BlockingStore` that never waits | a `Store` | [`Immediate`] |
//! | a `BlockingStore` that may wait | a `Store` | `SpawnBlocking` of the crate `session-tokio` |
//! | one store for several users of it | a `Store` or `BlockingStore` | `Arc<S>` |
//! | a type that is chosen at run time | a `Store` | [`AnyStore`] |
//! | a type that is chosen at run time | a `BlockingStore` | `Arc<dyn BlockingStore>` or `Box<dyn BlockingStore>` |
//! | a boxed store | a `Store` | `Arc` or [`AnyStore`]: a `Box<S>` is a `Store` only if `S` is [`Immediate`] |

mod adapter;
mod answer;
mod any;
mod blocking;
mod call;
pub mod contract;
mod error;
mod immediate;
mod names;
mod nonblocking;
mod operation;
mod outcome;
mod owned_call;
mod page;
mod pointer;
mod revision;
mod stored;
mod write;

pub use adapter::{Adapter, BlockingAdapter};
pub use answer::Answer;
pub use any::AnyStore;
pub use blocking::BlockingStore;
pub use call::Call;
pub use error::{Applied, StoreError, StoreErrorKind};
pub use immediate::Immediate;
pub use names::{check_prefix, check_rotation, check_table};
pub use nonblocking::Store;
pub use operation::Operation;
pub use outcome::{CommitOutcome, CreateOutcome, DeleteOutcome, RotateOutcome, TouchOutcome};
pub use owned_call::OwnedCall;
pub use page::{Cursor, Listed, Page, ParseCursorError};
pub use revision::Revision;
pub(crate) use revision::ShortRevision;
pub use stored::Stored;
pub use write::{Cap, OnFull, Write};
