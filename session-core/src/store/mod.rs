//! The store contract: what a backend promises, and the two traits that say it.
//!
//! A store keeps *bytes under keys with a deadline and a revision*, and nothing else. Codec, policy,
//! fingerprint and clocks never reach it. Answers the domain can give are values
//! ([`CommitOutcome::Conflict`], [`CreateOutcome::Exists`], …); a [`StoreError`] is for failures only and is
//! never to be read as "there is no such session".
//!
//! [`Store`] is the asynchronous face, [`BlockingStore`] the synchronous one. A backend implements whichever
//! it can do natively; the rules in [`contract`] bind both. Where the program's configuration decides which store it is,
//! [`AnyStore`] holds it.

mod any;
mod blocking;
pub mod contract;
mod error;
mod names;
mod nonblocking;
mod outcome;
mod page;
mod revision;
mod stored;
mod write;

pub use any::AnyStore;
pub use blocking::BlockingStore;
pub use error::{Applied, StoreError, StoreErrorKind};
pub use names::{check_prefix, check_table};
pub use nonblocking::Store;
pub use outcome::{CommitOutcome, CreateOutcome, DeleteOutcome, RotateOutcome, TouchOutcome};
pub use page::{Cursor, Listed, Page, ParseCursorError};
pub use revision::Revision;
pub(crate) use revision::ShortRevision;
pub use stored::Stored;
pub use write::{Cap, OnFull, Write};
